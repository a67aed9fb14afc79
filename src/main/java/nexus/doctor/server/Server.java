package nexus.doctor.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * What a server reports about itself and about the connected role.
 *
 * @param version as in {@code server_version_num}: 140005, 180000
 * @param versionText as the server shows it, {@code 15.18 (Debian 15.18-1)}
 * @param encoding of the database
 * @param identity of this server process; empty when the role may not read it
 * @param systemId of the cluster; empty when the role may not read it
 * @param standby whether it is a standby
 * @param mayReplicate whether the role is a superuser, has REPLICATION, or is a member of the role that RDS grants for it
 * @param mayCreate whether the role may create schemas and publications in the database
 * @param schemaExists whether there is a schema {@code nexus}
 * @param mayCreateInSchema whether the role may create tables in that schema
 * @param schemaOwner empty when there is no such schema
 * @param othersTables number of tables of that schema that other roles own
 * @param seesAll whether the role sees the activity of all sessions
 */
public record Server(
        int version,
        String versionText,
        String encoding,
        Optional<String> identity,
        Optional<String> systemId,
        boolean standby,
        String walLevel,
        String role,
        String database,
        boolean mayReplicate,
        boolean mayCreate,
        boolean schemaExists,
        boolean mayCreateInSchema,
        Optional<String> schemaOwner,
        int othersTables,
        boolean seesAll,
        Platform platform) {

    private static final String READ = """
            SELECT current_setting('server_version_num')::int AS version,
                   current_setting('server_version') AS version_text,
                   pg_catalog.getdatabaseencoding()::text AS encoding,
                   pg_catalog.pg_postmaster_start_time()::text AS started,
                   CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
                        THEN (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) END AS system_id,
                   pg_catalog.pg_is_in_recovery() AS standby,
                   current_setting('wal_level') AS wal_level,
                   current_user::text AS role, current_database()::text AS database,
                   role.rolsuper OR role.rolreplication OR EXISTS (
                       SELECT FROM pg_catalog.pg_roles managed
                       WHERE managed.rolname = 'rds_replication'
                         AND pg_has_role(current_user, managed.oid, 'member')) AS may_replicate,
                   has_database_privilege(current_database(), 'CREATE') AS may_create,
                   schema.oid IS NOT NULL AS schema_exists,
                   schema.oid IS NOT NULL AND has_schema_privilege(schema.oid, 'CREATE') AS may_create_in_schema,
                   pg_catalog.pg_get_userbyid(schema.nspowner)::text AS schema_owner,
                   (SELECT count(*) FROM pg_catalog.pg_class c
                    WHERE c.relnamespace = schema.oid AND c.relkind IN ('r', 'p')
                      AND NOT pg_has_role(c.relowner, 'usage'))::int AS others_tables,
                   pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS sees_all,
                   EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'rds_superuser') AS rds,
                   EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'cloudsqlsuperuser') AS cloud_sql,
                   EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'azure_pg_admin') AS azure
            FROM pg_catalog.pg_roles role LEFT JOIN pg_catalog.pg_namespace schema ON schema.nspname = 'nexus'
            WHERE role.rolname = current_user""";

    public static Server read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            Optional<String> systemId = Optional.ofNullable(row.getString("system_id"));
            String started = row.getString("started");
            return new Server(
                    row.getInt("version"),
                    row.getString("version_text"),
                    row.getString("encoding"),
                    systemId.map(id -> id + " " + started),
                    systemId,
                    row.getBoolean("standby"),
                    row.getString("wal_level"),
                    row.getString("role"),
                    row.getString("database"),
                    row.getBoolean("may_replicate"),
                    row.getBoolean("may_create"),
                    row.getBoolean("schema_exists"),
                    row.getBoolean("may_create_in_schema"),
                    Optional.ofNullable(row.getString("schema_owner")),
                    row.getInt("others_tables"),
                    row.getBoolean("sees_all"),
                    Platform.of(row.getBoolean("rds"), row.getBoolean("cloud_sql"), row.getBoolean("azure")));
        }
    }

    public boolean isTooOld() {
        return version < 140_000;
    }

    public int major() {
        return version / 10_000;
    }

    public int minor() {
        return version % 10_000;
    }

    /** Whether both are the same server process; false when that is uncertain. */
    public boolean isSame(Server other) {
        return identity.isPresent() && identity.equals(other.identity);
    }
}
