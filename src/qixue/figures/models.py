from django.db import models

from qixue.core.fields import code_validator
from qixue.core.figures import Scope
from qixue.programme.models import Programme


class NamedFigure(models.Model):
    """A figure under a short name of a programme: a definition bound to a scope, for pages and the work summary."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="named_figures")
    code = models.CharField(max_length=60, validators=[code_validator])
    definition = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    brand_code = models.CharField(max_length=40, blank=True)
    series_code = models.CharField(max_length=40, blank=True)
    organisation_code = models.CharField(max_length=40, blank=True)
    region_code = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    is_printed = models.BooleanField(default=True)  # False: a total that the source itself does not print

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="figure_code_once")]

    def __str__(self) -> str:
        return self.code

    def scope(self, programme_code: str) -> Scope:
        """The scope in which the definition is computed."""
        return Scope(
            programme=programme_code,
            brand=self.brand_code or None,
            series=self.series_code or None,
            organisation=self.organisation_code or None,
            region=self.region_code or None,
            kind=self.kind or None,
        )
