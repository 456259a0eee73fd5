-- What was found says why from the index alone: the rows of one word lie all over the table, a page for each.
set local role bima_owner;

alter table app.search_token drop constraint search_token_pkey,
  add primary key (tenant_id, token, entity, row_id) include (why);
