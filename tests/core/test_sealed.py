from qixue.core.sealed import seal, unseal


def test_sealed_text_reads_back_and_does_not_show():
    sealed = seal("JBSWY3DP", "app")

    assert unseal(sealed, "app") == "JBSWY3DP"
    assert "JBSWY3DP" not in sealed


def test_sealed_text_opens_for_nothing_else(settings):
    sealed = seal("JBSWY3DP", "app")

    found = [unseal(sealed, "codes"), unseal(sealed[:-2] + "AA", "app"), unseal("", "app")]
    settings.SECRET_KEY = "another-key" * 6

    assert [*found, unseal(sealed, "app")] == [None, None, None, None]
