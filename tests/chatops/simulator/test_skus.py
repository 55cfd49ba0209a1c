from chatops.simulator.skus import SKUS, Stock, find_sku, sku_catalogue


def test_a_sku_is_known_by_region_and_id() -> None:
    found = find_sku("cn-north-208", "kp.professional.xlarge.32g.2")
    assert found is not None
    assert found.bands == "4,8"
    assert find_sku("cn-north-208", "kp.enterprise.xlarge.32g.2") is None


def test_every_sku_is_in_the_catalogue_and_in_stock() -> None:
    listed = sku_catalogue(printed=True)["skuSpecResponseList"]
    assert isinstance(listed, list)
    rows = [(region["regionId"], row["cbcSkuId"]) for region in listed for row in region["skuResponses"]]
    assert sorted(rows) == sorted((sku.region, sku.id) for sku in SKUS)
    assert set(Stock().left) == set(rows)


def test_a_printed_row_without_nest_information_has_no_such_key() -> None:
    listed = sku_catalogue(printed=True)["skuSpecResponseList"]
    assert isinstance(listed, list)
    rows = {region["regionId"]: region["skuResponses"][0] for region in listed}
    assert "nestInfo" not in rows["cn-north-208"]
    assert rows["cn-southwest-252"]["nestInfo"][0]["bandSize"] == 8
