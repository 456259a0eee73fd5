-- Lists in the orders people ask for: names as people sort them, numbers of receipts and certificates.
set local role bima_owner;

create index customer_by_name_order on app.customer (tenant_id, name collate "und-x-icu", id);
create index receipt_by_number on app.receipt (tenant_id, number, id);
create index certificate_by_number on app.certificate (tenant_id, number, id);
