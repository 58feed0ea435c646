-- What a role does (0 admin, 1 manager, 2 clerk, 3 analyst, 4 a machine); place 0 is how a session begins.
-- in: nothing
-- out: table menu
create table menu as
select cast(role * 100 + row_number() over (partition by role order by nr) - 1 as integer) as dish, kind, name
from (values
  (1, 3, 'track', 'Signed In'), (2, 3, 'track', 'Report Exported'), (3, 3, 'page', 'Report'), (4, 3, 'page', 'Report'),
  (5, 3, 'track', 'Report Shared'), (6, 3, 'page', 'Dashboard'), (7, 3, 'track', 'Lanes Compared'),
  (8, 3, 'track', 'Forecast Run'), (9, 3, 'track', 'Carrier Connected'), (10, 3, 'track', 'Schedule Created'),
  (11, 3, 'track', 'Comment Written'), (12, 3, 'page', 'Help'), (13, 3, 'track', 'Map Zoomed'),
  (14, 3, 'track', 'Heartbeat'),
  (1, 2, 'log', 'POST /session'), (2, 2, 'log', 'GET /depots/:id/board'),
  (3, 2, 'log', 'POST /depots/:id/loads/:id/scan'), (4, 2, 'log', 'POST /depots/:id/loads/:id/scan'),
  (5, 2, 'log', 'POST /alerts/:id/acknowledge'), (6, 2, 'log', 'POST /depots/:id/handovers/:id/close'),
  (7, 2, 'log', 'GET /reports/:id'), (8, 2, 'log', 'GET /internal/menu'),
  (1, 1, 'track', 'Signed In'), (2, 1, 'page', 'Dashboard'), (3, 1, 'page', 'Dashboard'),
  (4, 1, 'log', 'POST /alerts/:id/acknowledge'), (5, 1, 'track', 'Forecast Run'), (6, 1, 'page', 'Report'),
  (7, 1, 'track', 'Training Finished'), (8, 1, 'page', 'Invitation'),
  (1, 0, 'track', 'Signed In'), (2, 0, 'track', 'Person Invited'), (3, 0, 'track', 'Role Changed'),
  (4, 0, 'page', 'Seats'), (5, 0, 'track', 'Schedule Created'), (6, 0, 'track', 'API Key Created'),
  (7, 0, 'track', 'Setting Changed'), (8, 0, 'page', 'Dashboard'),
  (1, 4, 'log', 'GET /api/v2/shipments'), (2, 4, 'log', 'POST /api/v2/shipments/:id/events'),
  (3, 4, 'log', 'GET /api/v2/shipments'), (4, 4, 'row', 'export_run')
) as told(nr, role, kind, name)
