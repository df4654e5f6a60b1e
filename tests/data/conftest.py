import pytest

from tests.data.figures import DATA, PRODUCTS, Deliveries, read


@pytest.fixture(scope="session")
def delivered() -> dict[str, Deliveries]:
    return {product: read(DATA / "monthly" / f"{product}.csv") for product in PRODUCTS}
