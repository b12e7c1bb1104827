from saiban.core.models import Area


def test_a_district_duty_sees_its_tehsils_and_nothing_else(clerk):
    seen = Area.objects.visible_to(clerk)
    assert {area.level for area in seen} == {"district", "tehsil"}
    assert all(area.path.startswith(clerk.duty.area.path) for area in seen)


def test_an_actor_without_a_duty_sees_no_area(clerk):
    clerk.duty = None
    assert not Area.objects.visible_to(clerk).exists()
