package nexus.demo;

/** The shape that the table {@code public.users} must have before the demo writes to it. */
public final class DemoShape {
    /**
     * Returns one row: why {@code public.users} is not the demo's table, or null when it is. A table of another role would
     * run that role's triggers with the rights of Nexus.
     */
    public static final String FAULT = """
            SELECT CASE
                WHEN c.relkind <> 'r' THEN 'it is no ordinary table'
                WHEN pg_catalog.pg_get_userbyid(c.relowner) <> current_user
                    THEN 'it is role ' || pg_catalog.pg_get_userbyid(c.relowner) || '''s'
                WHEN (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
                      JOIN (VALUES ('id', 'uuid'), ('email', 'text'), ('name', 'text'),
                                   ('created_at', 'timestamp with time zone')) wanted (name, type)
                          ON a.attname = wanted.name
                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                        AND pg_catalog.format_type(a.atttypid, a.atttypmod)
                            IN (wanted.type, CASE wanted.type WHEN 'text' THEN 'character varying' END)) < 4
                    THEN 'it has not the columns id uuid, email text, name text and created_at timestamptz'
                WHEN NOT EXISTS (
                        SELECT FROM pg_catalog.pg_attribute a
                        WHERE a.attrelid = c.oid AND a.attname = 'created_at' AND a.atthasdef)
                    THEN 'its column created_at has no default'
                WHEN EXISTS (
                        SELECT FROM pg_catalog.pg_attribute a
                        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
                          AND NOT a.atthasdef AND a.attidentity = '' AND a.attname NOT IN ('id', 'email', 'name'))
                    THEN 'it has other columns that need a value'
                WHEN NOT EXISTS (
                        SELECT FROM pg_catalog.pg_index i
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'email'
                        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                          AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)
                    THEN 'its column email is not unique'
                END AS fault
            FROM pg_catalog.pg_class c WHERE c.oid = 'public.users'::pg_catalog.regclass""";

    private DemoShape() {}
}
