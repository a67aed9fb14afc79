package nexus.replication.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import nexus.store.NamedSql;

/**
 * The rights that a role needs for capture. They are read from the catalog, because the server's error about a missing
 * right names it in a translated message.
 *
 * @param mayReplicate superuser, REPLICATION, or a member of the role that RDS has for replication
 * @param isRds whether the role of RDS exists
 * @param mayCreate whether the role may create publications in this database
 * @param hasPublications whether both publications exist
 */
public record MissingRights(
        String role, String database, boolean mayReplicate, boolean isRds, boolean mayCreate, boolean hasPublications) {

    private static final NamedSql READ = NamedSql.of("""
            SELECT current_user::text AS role, current_database()::text AS database,
                   role.rolsuper OR role.rolreplication
                       OR coalesce(pg_has_role(current_user, managed.oid, 'member'), false) AS may_replicate,
                   managed.oid IS NOT NULL AS is_rds,
                   has_database_privilege(current_database(), 'CREATE') AS may_create,
                   (SELECT count(*) FROM pg_catalog.pg_publication WHERE pubname IN (:changes, :inserts)) = 2 AS has_publications
            FROM pg_catalog.pg_roles role
            LEFT JOIN pg_catalog.pg_roles managed ON managed.rolname = 'rds_replication'
            WHERE role.rolname = current_user""", "changes", "inserts");

    public static MissingRights read(Connection connection, String changes, String inserts) throws SQLException {
        try (PreparedStatement statement = READ.prepare(connection, changes, inserts);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new MissingRights(
                    row.getString("role"),
                    row.getString("database"),
                    row.getBoolean("may_replicate"),
                    row.getBoolean("is_rds"),
                    row.getBoolean("may_create"),
                    row.getBoolean("has_publications"));
        }
    }

    /** The fix for an administrator. */
    public String advice() {
        List<String> grants = new ArrayList<>();
        String quoted = SqlName.quoted(role);
        if (!mayReplicate) {
            grants.add(isRds ? "GRANT rds_replication TO " + quoted + ";" : "ALTER ROLE " + quoted + " REPLICATION;");
        }
        if (!mayCreate && !hasPublications) {
            grants.add("GRANT CREATE ON DATABASE " + SqlName.quoted(database) + " TO " + quoted + ";");
        }
        return grants.isEmpty()
                ? "./nexus doctor shows the missing right and how to grant it"
                : "an administrator can run: " + String.join(" ", grants);
    }
}
