package nexus.store.migration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Finds other roles that could change the code that Nexus runs in its schema: a view, a trigger or a function there
 * runs with Nexus's rights. Superusers and a managed service's administrators, the owner of the database and, for a
 * plain role, the roles that it belongs to are trusted.
 *
 * @param owners other roles that own the schema or an object in it
 * @param creators other roles that may create objects in it
 */
public record SchemaTrust(Optional<String> owners, Optional<String> creators) {
    private static final String READ = """
            WITH schema AS (
                SELECT oid, nspowner, nspacl FROM pg_catalog.pg_namespace WHERE nspname = 'nexus'),
            me AS (SELECT oid, rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
            able AS (
                SELECT nspowner AS role, true AS owns FROM schema
                UNION SELECT c.relowner, true FROM pg_catalog.pg_class c JOIN schema ON c.relnamespace = schema.oid
                UNION SELECT p.proowner, true FROM pg_catalog.pg_proc p JOIN schema ON p.pronamespace = schema.oid
                UNION SELECT acl.grantee, false FROM schema CROSS JOIN LATERAL pg_catalog.aclexplode(schema.nspacl) acl
                      WHERE acl.privilege_type = 'CREATE'),
            untrusted AS (
                SELECT able.owns, coalesce(pg_catalog.quote_ident(other.rolname), 'PUBLIC') AS name
                FROM able CROSS JOIN me LEFT JOIN pg_catalog.pg_roles other ON other.oid = able.role
                WHERE able.role <> me.oid
                  AND (other.oid IS NULL
                       OR NOT other.rolsuper
                          AND other.oid <> (SELECT datdba FROM pg_catalog.pg_database
                                            WHERE datname = pg_catalog.current_database())
                          AND NOT EXISTS (
                              SELECT FROM pg_catalog.pg_roles admin
                              WHERE admin.rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin',
                                                      'neon_superuser', 'supabase_admin')
                                AND pg_catalog.pg_has_role(other.oid, admin.oid, 'member'))
                          AND (me.rolsuper OR NOT pg_catalog.pg_has_role(me.oid, other.oid, 'usage'))))
            SELECT (SELECT pg_catalog.string_agg(name, ', ' ORDER BY name) FROM untrusted WHERE owns) AS owners,
                   (SELECT pg_catalog.string_agg(name, ', ' ORDER BY name) FROM untrusted WHERE NOT owns) AS creators""";

    /** Reads only catalogs, and no object in the schema. */
    public static SchemaTrust read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            return new SchemaTrust(
                    Optional.ofNullable(row.getString("owners")), Optional.ofNullable(row.getString("creators")));
        }
    }

    /** The problem, as the text after the name of the database or role in a message; empty if there is none. */
    public Optional<String> problem() {
        return owners.map(roles -> "has a schema nexus in which " + roles + " could change what Nexus runs")
                .or(() -> creators.map(roles -> "lets " + roles + " put into schema nexus what Nexus would run"));
    }

    /** @param role Nexus's role, quoted for SQL */
    public String fix(String role) {
        return owners.isPresent()
                ? "ALTER SCHEMA nexus OWNER TO " + role + "; and the same for each object in it"
                : "REVOKE CREATE ON SCHEMA nexus FROM " + creators.orElse("PUBLIC");
    }
}
