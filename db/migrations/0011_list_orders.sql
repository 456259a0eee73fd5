-- Covers and owners in the orders their lists are shown in.
set local role bima_owner;

create index cover_by_created on app.cover (tenant_id, created_at, id);
create index cover_by_end on app.cover (tenant_id, to_date, id);
create index ownership_by_created on app.ownership (tenant_id, created_at, id);
