"""The admin routes, which exist only if faults were asked for: arm faults, read what arrived, pay an order."""

import dataclasses

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chatops.simulator.errors import RefusedError
from chatops.simulator.faults import KINDS, fault_from_json
from chatops.simulator.reader import parse_object
from chatops.simulator.state import Simulator


def admin_routes(simulator: Simulator) -> list[Route]:
    """Routes below /_simulator; they need no credentials, and write no records."""

    async def add_fault(request: Request) -> Response:
        try:
            simulator.faults.add(fault_from_json(parse_object(await request.body())))
        except (ValueError, RefusedError) as error:
            return JSONResponse({"error": str(error), "kinds": KINDS}, 400)
        return JSONResponse({"armed": len(simulator.faults)}, 201)

    async def clear_faults(_request: Request) -> Response:
        simulator.faults.clear()
        return Response(status_code=204)

    async def list_requests(_request: Request) -> Response:
        records = [dataclasses.asdict(record) for record in simulator.requests]
        return JSONResponse({"total": simulator.requests.total, "requests": records})

    async def clear_requests(_request: Request) -> Response:
        simulator.requests.clear()
        return Response(status_code=204)

    async def pay_order(request: Request) -> Response:
        order_id = request.path_params["order_id"]
        paid = any(tenant.orders.pay(order_id) for tenant in simulator.tenants.values())
        return Response(status_code=204 if paid else 404)

    return [
        Route("/_simulator/faults", add_fault, methods=["POST"]),
        Route("/_simulator/faults", clear_faults, methods=["DELETE"]),
        Route("/_simulator/requests", list_requests, methods=["GET"]),
        Route("/_simulator/requests", clear_requests, methods=["DELETE"]),
        Route("/_simulator/orders/{order_id}/pay", pay_order, methods=["POST"]),
    ]
