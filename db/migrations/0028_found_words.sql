-- A record that has one of the words that were typed is asked for the others: with the word in the index that is one step, however
-- many words a record is found by.
set local role bima_owner;

create index search_token_words on app.search_token (tenant_id, entity, row_id, token);
drop index app.search_token_of_row;
