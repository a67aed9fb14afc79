package nexus.testkit;

import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;

import java.util.List;

/**
 * A database in which a plain role has put its own functions and operators under the names of PostgreSQL's, and whose
 * sessions find these first. Each notes that it ran; in a transaction that only reads it fails instead, with
 * {@link #TRACE}.
 */
public final class HostileDatabase {
    public static final String TRACE = "hostile code ran";

    /** With the same types as the original, and with those that are nearer to what a client sends. */
    private static final String FUNCTIONS = """
            DO $do$
            DECLARE
                f record;
                types text;
            BEGIN
                FOR f IN SELECT p.proname, p.proargtypes, p.prorettype FROM pg_catalog.pg_proc p
                         WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
                           AND p.provariadic = 0
                           AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t
                                           WHERE t.typtype = 'p' AND (t.oid = p.prorettype OR t.oid = ANY (p.proargtypes)))
                LOOP
                    FOREACH types IN ARRAY ARRAY[
                        oidvectortypes(f.proargtypes),
                        regexp_replace(oidvectortypes(f.proargtypes), '\\mtext\\M', 'character varying', 'g'),
                        regexp_replace(oidvectortypes(f.proargtypes), '\\mtext\\M', 'name', 'g')]
                    LOOP
                        BEGIN
                            EXECUTE pg_catalog.format(
                                'CREATE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$BEGIN
                                     PERFORM public.note(%L); RETURN NULL; END$f$',
                                f.proname, types, pg_catalog.format_type(f.prorettype, NULL), f.proname);
                        EXCEPTION WHEN duplicate_function OR syntax_error THEN NULL;
                        END;
                    END LOOP;
                END LOOP;
            END
            $do$""";

    private static final String OPERATORS = """
            DO $do$
            DECLARE
                l text;
                r text;
                o text;
            BEGIN
                FOREACH l IN ARRAY ARRAY['text', 'name', 'varchar', 'oid', 'int8', 'int4', 'int2', '"char"', 'regproc',
                                         'regclass', 'regtype', 'bool', 'pg_lsn', 'timestamptz'] LOOP
                    FOREACH r IN ARRAY ARRAY['text', 'name', 'varchar', 'oid', 'int8', 'int4', 'int2', '"char"',
                                             'regproc', 'regclass', 'regtype', 'bool', 'pg_lsn', 'timestamptz'] LOOP
                        EXECUTE pg_catalog.format(
                            'CREATE FUNCTION public.hostile(%s, %s) RETURNS bool LANGUAGE plpgsql AS $f$BEGIN
                                 PERFORM public.note(''operator''); RETURN false; END$f$', l, r);
                        FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>', '>=', '<=', '~', '!~', '+', '-', '||'] LOOP
                            EXECUTE pg_catalog.format(
                                'CREATE OPERATOR public.%s (FUNCTION = public.hostile, LEFTARG = %s, RIGHTARG = %s)',
                                o, l, r);
                        END LOOP;
                    END LOOP;
                END LOOP;
            END
            $do$""";

    private HostileDatabase() {}

    /** @return its URL, with a table {@code public.orders} that is captured and has columns of hostile types */
    public static String make() {
        String url = TestPostgres.freshDatabase();
        String name = url.substring(url.lastIndexOf('/') + 1);
        execute(
                url,
                "DO $$ BEGIN CREATE ROLE mallory; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "GRANT CREATE ON SCHEMA public TO mallory",
                "SET check_function_bodies = off",
                "SET ROLE mallory",
                "CREATE TABLE public.ran (what text, who text)",
                """
                CREATE FUNCTION public.note(what text) RETURNS void LANGUAGE plpgsql AS $f$BEGIN
                    INSERT INTO public.ran VALUES (what, current_user);
                EXCEPTION WHEN OTHERS THEN RAISE 'hostile code ran: %', what; END$f$""",
                FUNCTIONS,
                OPERATORS,
                "CREATE TYPE public.mood AS ENUM ('a', 'b')",
                "CREATE FUNCTION public.evil(public.mood) RETURNS json LANGUAGE plpgsql AS $f$BEGIN"
                        + " PERFORM public.note('cast'); RETURN '{}'; END$f$",
                "CREATE CAST (public.mood AS json) WITH FUNCTION public.evil(public.mood) AS IMPLICIT",
                "CREATE DOMAIN public.regproc AS text",
                "CREATE TYPE public.pair AS (a public.mood, b text)",
                "CREATE TABLE public.orders (id int PRIMARY KEY, e public.mood, d public.regproc, p public.pair)",
                "RESET ROLE",
                "ALTER DATABASE " + name + " SET search_path = public, pg_catalog");
        return url;
    }

    /** What has run, each once. */
    public static List<String> ran(String url) {
        return query(url, "SELECT DISTINCT what, who FROM public.ran");
    }
}
