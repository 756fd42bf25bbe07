"""What each table of a page says, column by column, when somebody takes it along as a file."""
