-- Up Migration

alter table books add column isbn text not null default 'none';
create table later (id int primary key);
