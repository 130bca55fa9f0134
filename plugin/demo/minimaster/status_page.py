"""The status page, built anew for every visitor."""

import html
import json

ROWS = 250
_COLORS = {0: "success", 2: "failure"}


def render_waterfall(builds):
    rows = [render_row(build) for build in list(builds)[-ROWS:]]
    return "<table>" + "".join(rows) + "</table>"


def render_row(build):
    cells = [build.number, build.builder, _COLORS[build.result], build.warnings]
    cells += sorted(build.properties)
    return "<tr>" + "".join(render_cell(cell) for cell in cells) + "</tr>"


def render_cell(value):
    return "<td>{}</td>".format(html.escape(str(value)))


def serialize_status(builds):
    return json.dumps([build._asdict() for build in list(builds)[-ROWS:]], indent=1, sort_keys=True)
