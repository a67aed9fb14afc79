package nexus.doctor.server;

/** The service that runs the server. Managed services have their own ways to change settings. */
public enum Platform {
    OWN,
    RDS,
    CLOUD_SQL,
    AZURE;

    static Platform of(boolean rds, boolean cloudSql, boolean azure) {
        if (rds) {
            return RDS;
        }
        if (cloudSql) {
            return CLOUD_SQL;
        }
        return azure ? AZURE : OWN;
    }

    /** The way to change a setting that a reload applies. */
    public String set(String setting, String value) {
        return switch (this) {
            case OWN -> "ALTER SYSTEM SET " + setting + " = '" + value + "';\nSELECT pg_reload_conf();";
            case RDS -> "Set " + setting + " = " + value + " in the instance's parameter group.";
            case CLOUD_SQL -> "gcloud sql instances patch <instance> --database-flags=" + setting + "=" + value;
            case AZURE -> "Set the server parameter " + setting + " to " + value + ".";
        };
    }

    /** The way to change a setting that needs a restart. */
    String setAndRestart(String setting, String value) {
        return switch (this) {
            case OWN -> "ALTER SYSTEM SET " + setting + " = '" + value + "';\n-- then restart PostgreSQL";
            case RDS, CLOUD_SQL, AZURE -> set(setting, value) + "\n-- then restart the instance";
        };
    }

    public String logicalWal() {
        return switch (this) {
            case OWN, AZURE -> setAndRestart("wal_level", "logical");
            case RDS -> setAndRestart("rds.logical_replication", "1");
            case CLOUD_SQL -> setAndRestart("cloudsql.logical_decoding", "on");
        };
    }

    /** @param role quoted for SQL */
    public String replicationRight(String role) {
        return this == RDS ? "GRANT rds_replication TO " + role + ";" : "ALTER ROLE " + role + " REPLICATION;";
    }
}
