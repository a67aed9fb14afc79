package nexus.replication.coverage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import nexus.replication.source.SqlName;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.Member;
import nexus.replication.table.ReplicaIdentity;
import nexus.replication.table.ReplicaIdentity.Setting;
import nexus.replication.table.WriteRule;
import nexus.replication.table.WriteRule.Obstacle;

/** Explains why the updates of a table cannot be published, and gives the SQL that fixes it. */
public final class IdentityAdvice {
    private IdentityAdvice() {}

    /** The reason, as the rest of a sentence that starts with the table's name. */
    public static String reason(Leaf leaf, Obstacle obstacle) {
        ReplicaIdentity identity = leaf.identity();
        return switch (obstacle) {
            case NO_IDENTITY -> noIdentity(identity);
            case ROW_FILTER -> "has a row filter with columns that are not part of its replica identity";
            case COLUMN_LIST ->
                identity.isFull()
                        ? "has a column list, and REPLICA IDENTITY FULL, which allows none"
                        : "has a column list that leaves out a part of its replica identity";
            case GENERATED_COLUMN ->
                "has the generated column " + names(identity.stored())
                        + " in its replica identity, and the publication leaves generated columns out";
            case VIRTUAL_COLUMN ->
                "has the virtual generated column " + names(identity.virtual())
                        + " in its replica identity, which PostgreSQL can't publish";
        };
    }

    private static String noIdentity(ReplicaIdentity identity) {
        return switch (identity.setting()) {
            case NOTHING -> "has REPLICA IDENTITY NOTHING";
            case INDEX -> "has lost the index that is its replica identity";
            case DEFAULT, FULL ->
                identity.hasDeferrableKey()
                        ? "has a deferrable primary key, which is no replica identity"
                        : "has no primary key and no other replica identity";
        };
    }

    /** Returns {@link #sql}, or the step that must come before it. */
    static String fix(Leaf leaf, Obstacle obstacle, Published publication, String publicationName) {
        ReplicaIdentity identity = leaf.identity();
        boolean hasKey = !identity.primaryKey().isEmpty() || identity.hasDeferrableKey();
        return sql(leaf, obstacle, publication, publicationName)
                .map(sql -> obstacle == Obstacle.NO_IDENTITY && !hasKey ? "Add a primary key, or run: " + sql : sql)
                .orElseGet(() -> "Add a primary key"
                        + (identity.setting() == Setting.DEFAULT
                                ? "."
                                : ", then run: " + identitySql(leaf, Setting.DEFAULT)));
    }

    /**
     * The SQL that makes the updates publishable; empty when the table needs a primary key first.
     *
     * @param publication the publication with the table in it
     */
    public static Optional<String> sql(Leaf leaf, Obstacle obstacle, Published publication, String publicationName) {
        if (obstacle == Obstacle.GENERATED_COLUMN) {
            return Optional.of("ALTER PUBLICATION " + SqlName.quoted(publicationName)
                    + " SET (publish_generated_columns = stored);");
        }
        if (obstacle == Obstacle.COLUMN_LIST && !leaf.identity().isFull()) {
            return Optional.of(withKey(leaf, publication, publicationName));
        }
        return candidates(leaf.identity()).stream()
                .filter(setting -> WriteRule.obstacle(leaf.with(leaf.identity().with(setting)), publication)
                        .isEmpty())
                .map(setting -> identitySql(leaf, setting))
                .findFirst();
    }

    private static String identitySql(Leaf leaf, Setting setting) {
        return "ALTER TABLE " + leaf.relation().quotedName() + " REPLICA IDENTITY " + setting + ";";
    }

    private static List<Setting> candidates(ReplicaIdentity identity) {
        List<Setting> settings = new ArrayList<>();
        if (!identity.primaryKey().isEmpty()) {
            settings.add(Setting.DEFAULT);
        }
        settings.add(Setting.FULL);
        settings.remove(identity.setting());
        return settings;
    }

    private static String withKey(Leaf leaf, Published publication, String publicationName) {
        Member member = publication.memberOf(leaf);
        List<String> columns = Stream.concat(
                        member.columns().stream(), new TreeSet<>(leaf.identity().key()).stream())
                .distinct()
                .toList();
        String alter = "ALTER PUBLICATION " + SqlName.quoted(publicationName);
        String table = " TABLE ONLY " + leaf.relation().quotedName();
        return alter + " DROP" + table + "; " + alter + " ADD" + table
                + new Member(columns, member.filter(), member.filterColumns()).sql() + ";";
    }

    private static String names(Iterable<String> columns) {
        TreeSet<String> sorted = new TreeSet<>();
        columns.forEach(sorted::add);
        return String.join(", ", sorted);
    }
}
