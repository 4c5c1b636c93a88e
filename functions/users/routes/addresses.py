"""Routes of `/api/users/address/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.db.items import Address
from quickcare.web.access import logged_in, may, owner_of
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from users import addresses
from users.parameters import AddressId
from users.schemas.addresses import AddressChange, AddressView, NewAddress

router = APIGatewayRouter()


@router.get("/api/users/address")
@may(logged_in)
def my_addresses(caller: CallerDep, page: ArrayPageDep) -> Response[list[AddressView]]:
    """The caller's addresses, oldest first."""
    found, last, current = addresses.page_of(caller.user_id, page.limit, page.after)
    views = [AddressView.of(item, caller.user_id, int(item.id) == current) for item in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@router.post("/api/users/address", status_code=HTTPStatus.CREATED, middlewares=[idempotent(addresses.replay)])
@may(logged_in)
def add_address(body: NewAddress, caller: CallerDep, kept_as: KeptAs) -> AddressView:
    """Add an address; the first one is the current one."""

    def view(item: Address, is_current: bool) -> AddressView:
        return AddressView.of(item, caller.user_id, is_current)

    return view(*addresses.add(caller.user_id, body, clock.now(), kept_as(view)))


@router.get("/api/users/address/<address_id>")
@may(owner_of("address"))
def address(address_id: AddressId, caller: CallerDep) -> AddressView:
    """One of the caller's addresses."""
    item, is_current = addresses.find(caller.user_id, address_id)
    return AddressView.of(item, caller.user_id, is_current)


@router.put("/api/users/address/<address_id>")
@may(owner_of("address"))
def change_address(address_id: AddressId, body: AddressChange, caller: CallerDep) -> AddressView:
    """Change an address; what is not sent stays. `is_current: true` makes it the one current address."""
    item, is_current = addresses.change(caller.user_id, address_id, body)
    return AddressView.of(item, caller.user_id, is_current)


@router.delete("/api/users/address/<address_id>", status_code=HTTPStatus.NO_CONTENT)
@may(owner_of("address"))
def delete_address(address_id: AddressId, caller: CallerDep) -> Response[None]:
    """Delete an address."""
    addresses.delete(caller.user_id, address_id)
    return Response(HTTPStatus.NO_CONTENT)
