package nexus.command.start;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import nexus.store.migration.SchemaTrust;

/**
 * What a PostgreSQL server reports about itself and about the connected role.
 *
 * @param version as in {@code server_version_num}: 140005, 180000
 * @param standby whether it is a standby
 * @param role the role's name, quoted for SQL
 * @param database the database's name, quoted for SQL
 * @param mayReplicate whether the role is a superuser, has REPLICATION, or is a member of the role that managed services grant for it
 * @param schemaExists whether there is a schema {@code nexus}
 * @param mayCreate whether the role may create tables in that schema, or the schema itself when it does not exist
 * @param encoding of the database
 * @param trust whether untrusted roles can change the schema's objects
 * @param systemId of the cluster; empty when the role may not read it
 */
public record ServerFacts(
        int version,
        boolean standby,
        String walLevel,
        String role,
        String database,
        boolean mayReplicate,
        boolean schemaExists,
        boolean mayCreate,
        String encoding,
        SchemaTrust trust,
        Optional<String> systemId) {
    private static final int OLDEST_VERSION = 140_000;

    private static final String READ = """
            SELECT current_setting('server_version_num')::int AS version,
                   pg_is_in_recovery() AS is_standby,
                   current_setting('wal_level') AS wal_level,
                   quote_ident(current_user) AS role,
                   quote_ident(current_database()) AS database,
                   role.rolsuper OR role.rolreplication OR EXISTS (
                       SELECT FROM pg_roles managed
                       WHERE managed.rolname = 'rds_replication' AND pg_has_role(current_user, managed.oid, 'member'))
                       AS may_replicate,
                   schema.oid IS NOT NULL AS schema_exists,
                   CASE WHEN schema.oid IS NOT NULL THEN has_schema_privilege(schema.oid, 'CREATE')
                        ELSE has_database_privilege(current_database(), 'CREATE') END AS may_create,
                   getdatabaseencoding()::text AS encoding,
                   CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
                        THEN (SELECT system_identifier::text FROM pg_control_system()) END AS system_id
            FROM pg_roles role LEFT JOIN pg_namespace schema ON schema.nspname = 'nexus'
            WHERE role.rolname = current_user""";

    public static ServerFacts read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            return new ServerFacts(
                    row.getInt("version"),
                    row.getBoolean("is_standby"),
                    row.getString("wal_level"),
                    row.getString("role"),
                    row.getString("database"),
                    row.getBoolean("may_replicate"),
                    row.getBoolean("schema_exists"),
                    row.getBoolean("may_create"),
                    row.getString("encoding"),
                    SchemaTrust.read(connection),
                    Optional.ofNullable(row.getString("system_id")));
        }
    }

    /** Why Nexus can't keep its tables here, and the fix. */
    public Optional<String> unfitAsStore() {
        if (version < OLDEST_VERSION) {
            return Optional.of(tooOld());
        }
        if (standby) {
            return Optional.of("is a read-only standby: name the primary");
        }
        if (!mayCreate) {
            return Optional.of(
                    schemaExists
                            ? "does not let role " + role + " create tables in schema nexus; as its owner run: "
                                    + "ALTER SCHEMA nexus OWNER TO " + role
                            : "does not let role " + role + " create the schema nexus; as an administrator run: "
                                    + "GRANT CREATE ON DATABASE " + database + " TO " + role);
        }
        if (!encoding.equals("UTF8")) {
            return Optional.of(
                    "has the encoding " + encoding + ", and Nexus keeps texts of every language; name a database"
                            + " in UTF8: CREATE DATABASE nexus ENCODING 'UTF8' TEMPLATE template0");
        }
        if (trust.problem().isPresent()) {
            return Optional.of(trust.problem().get() + "; as an administrator run: " + trust.fix(role));
        }
        return Optional.empty();
    }

    /** Why row changes can't be captured here, and the fix. */
    Optional<String> unfitAsSource() {
        if (version < OLDEST_VERSION) {
            return Optional.of(tooOld());
        }
        if (standby) {
            return Optional.of("is a read-only standby: name the primary");
        }
        if (!walLevel.equals("logical")) {
            return Optional.of("has wal_level = " + walLevel + "; as an administrator run: "
                    + "ALTER SYSTEM SET wal_level = 'logical' and restart PostgreSQL"
                    + " (a managed service has a setting for it, such as rds.logical_replication = 1)");
        }
        if (!mayReplicate) {
            return Optional.of("does not let role " + role + " read the WAL; as an administrator run: ALTER ROLE "
                    + role + " REPLICATION (on RDS: GRANT rds_replication TO " + role + ")");
        }
        return Optional.empty();
    }

    private String tooOld() {
        return "is PostgreSQL " + version / 10_000 + "; Nexus needs 14 or newer";
    }
}
