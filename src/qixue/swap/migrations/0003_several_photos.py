import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COLUMNS = ("listing_id", "file", "small", "digest")


def take_over(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The one photo of a thing is the first of several."""
    photos = apps.get_model("swap", "ListingPhoto").objects
    for row in apps.get_model("swap", "OnlyPhoto").objects.values(*COLUMNS).iterator():
        photos.create(position=0, **row)


def keep_the_first(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    photos = apps.get_model("swap", "OnlyPhoto").objects
    for row in apps.get_model("swap", "ListingPhoto").objects.filter(position=0).values(*COLUMNS).iterator():
        photos.create(**row)


class Migration(migrations.Migration):
    """A thing has up to four photos. The key of the table was that of the thing, so it is made anew."""

    dependencies = [
        ('swap', '0002_rounds'),
    ]

    operations = [
        migrations.RenameModel('ListingPhoto', 'OnlyPhoto'),
        migrations.CreateModel(
            name='ListingPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('file', models.FileField(upload_to='swap/%Y/%m/')),
                ('small', models.FileField(upload_to='swap/%Y/%m/')),
                ('digest', models.CharField(max_length=64)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='swap.listing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('listing', 'position'), name='listing_photos_in_order'), models.UniqueConstraint(fields=('listing', 'digest'), name='listing_photo_once'), models.CheckConstraint(condition=models.Q(('position__lt', 4)), name='listing_photos_at_most_four')],
            },
        ),
        migrations.RunPython(take_over, keep_the_first),
        migrations.DeleteModel('OnlyPhoto'),
    ]
