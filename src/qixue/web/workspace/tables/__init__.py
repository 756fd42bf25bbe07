"""What the tables of the workspace say, column by column, when somebody takes them along as files."""
