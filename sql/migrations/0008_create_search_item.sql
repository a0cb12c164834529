-- A new login role: this file, like the first, needs the master user, or a DBA who made the role before.
DO $$
DECLARE
  setting record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'indexer') THEN
    CREATE ROLE indexer LOGIN;
    COMMENT ON ROLE indexer IS 'Writes the search documents of items. For the search-indexer function.';
    ALTER ROLE indexer SET statement_timeout = '10s';
    ALTER ROLE indexer SET lock_timeout = '5s';
    ALTER ROLE indexer SET idle_in_transaction_session_timeout = '10s';
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
      GRANT rds_iam TO indexer;
    END IF;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO indexer', current_database());
END
$$;

SET LOCAL ROLE owner;

CREATE SCHEMA search;
COMMENT ON SCHEMA search IS 'What GET /items?search= looks through. Source: ItemChanged events; fresh within 10 s in normal running.';

-- Trusted since PostgreSQL 13: whoever may create in the database may create it.
CREATE SCHEMA extensions;
COMMENT ON SCHEMA extensions IS 'Types, operators and functions of extensions; nothing of ours.';
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;

CREATE TABLE search.item (
  sku text PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  barcodes text NOT NULL,
  status text NOT NULL,
  version bigint NOT NULL,
  words text NOT NULL GENERATED ALWAYS AS (lower(sku || ' ' || name || ' ' || barcodes || ' ' || description)) STORED,
  document tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', sku || ' ' || barcodes), 'A')
    || setweight(to_tsvector('english', name), 'A')
    || setweight(to_tsvector('english', description), 'C')
  ) STORED
);
COMMENT ON TABLE search.item IS 'One row an item: its newest version known here. Written by the search-indexer function; a later version alone replaces an earlier one.';
COMMENT ON COLUMN search.item.sku IS 'Stock keeping unit.';
COMMENT ON COLUMN search.item.name IS 'Name of the item.';
COMMENT ON COLUMN search.item.description IS 'Description of the item; may be empty.';
COMMENT ON COLUMN search.item.barcodes IS 'Barcodes of the item, separated by blanks.';
COMMENT ON COLUMN search.item.status IS 'active or archived.';
COMMENT ON COLUMN search.item.version IS 'Version of the item that the row shows.';
COMMENT ON COLUMN search.item.words IS 'All text in lower case, for likeness by trigrams.';
COMMENT ON COLUMN search.item.document IS 'All text as lexemes, names and codes before descriptions.';

CREATE INDEX item_words_idx ON search.item USING gin (words extensions.gin_trgm_ops);
COMMENT ON INDEX search.item_words_idx IS 'Finds items with a word like the one asked for.';
CREATE INDEX item_document_idx ON search.item USING gin (document);
COMMENT ON INDEX search.item_document_idx IS 'Finds items with a form of the word asked for.';

-- The threshold is set for the function alone: a SET of the session would pin its connection at the proxy.
CREATE FUNCTION search.find_item(
  wanted text,
  wanted_status text,
  after_relevance integer,
  after_sku text,
  row_count integer
) RETURNS TABLE (sku text, relevance integer)
LANGUAGE sql STABLE
SET search_path = search, extensions, pg_catalog
SET pg_trgm.word_similarity_threshold = '0.35'
AS $$
  WITH term AS MATERIALIZED (
    SELECT DISTINCT word
    FROM regexp_split_to_table(lower(wanted), '[[:space:][:punct:]]+') AS word
    WHERE word <> ''
    ORDER BY word
    LIMIT 12
  ),
  candidate AS (
    SELECT item.sku FROM term JOIN search.item AS item ON item.words %> term.word
    UNION
    SELECT item.sku FROM term JOIN search.item AS item ON item.document @@ plainto_tsquery('english', term.word)
  ),
  ranked AS (
    SELECT
      item.sku,
      (1000 * (
        avg(CASE
          WHEN item.document @@ plainto_tsquery('english', term.word) THEN 1
          ELSE word_similarity(term.word, item.words)
        END)
        + 0.2 * avg(ts_rank(item.document, plainto_tsquery('english', term.word)))
        + CASE
          WHEN lower(item.sku) = lower(wanted) OR wanted = ANY (string_to_array(item.barcodes, ' ')) THEN 1
          ELSE 0
        END
      ))::integer AS relevance
    FROM candidate
    JOIN search.item AS item ON item.sku = candidate.sku
    CROSS JOIN term
    WHERE wanted_status IS NULL OR item.status = wanted_status
    GROUP BY item.sku
  )
  SELECT ranked.sku, ranked.relevance
  FROM ranked
  WHERE ranked.relevance >= 350
    AND (
      after_relevance IS NULL
      OR ranked.relevance < after_relevance
      OR (ranked.relevance = after_relevance AND ranked.sku > after_sku)
    )
  ORDER BY ranked.relevance DESC, ranked.sku
  LIMIT row_count
$$;
COMMENT ON FUNCTION search.find_item(text, text, integer, text, integer) IS 'Items that have the words asked for, or words like them, best first: a word counts as much as the item has one like it (1: the word itself or a form of it), and the mean over the words decides. Pages go on after the relevance and sku of the last row.';

GRANT USAGE ON SCHEMA search TO app_reader, indexer;
GRANT USAGE ON SCHEMA extensions TO app_reader;
GRANT SELECT ON search.item TO app_reader;
GRANT SELECT, INSERT, UPDATE ON search.item TO indexer;
GRANT EXECUTE ON FUNCTION search.find_item(text, text, integer, text, integer) TO app_reader;
