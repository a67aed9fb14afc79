package nexus.doctor.store;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import nexus.doctor.check.Amount;
import nexus.doctor.check.Check;
import nexus.doctor.check.Subject;
import nexus.doctor.server.Server;
import nexus.event.EventBody;
import nexus.replication.source.SqlName;
import nexus.store.migration.AppliedMigration;
import nexus.store.migration.SchemaState;
import nexus.store.migration.SchemaTrust;
import nexus.subscription.secret.SecretCipher;

/** Checks that Nexus can keep its tables here and read its stored secrets. */
public final class StoreChecks {
    private StoreChecks() {}

    public static Check rights(Server server) {
        String check = "store-rights";
        String role = SqlName.quoted(server.role());
        if (!server.schemaExists()) {
            return server.mayCreate()
                    ? Check.ok(check, "role " + server.role() + " may create the schema nexus")
                    : Check.fail(
                            check,
                            "role " + server.role() + " may not create the schema nexus",
                            "GRANT CREATE ON DATABASE " + SqlName.quoted(server.database()) + " TO " + role + ";");
        }
        String owner = SqlName.quoted(server.schemaOwner().orElse(""));
        if (server.othersTables() > 0) {
            return Check.fail(
                    check,
                    Amount.count(server.othersTables(), "table") + " of schema nexus are not role " + server.role()
                            + "'s; the schema is " + server.schemaOwner().orElse("another role") + "'s",
                    "GRANT " + owner + " TO " + role + ";");
        }
        return server.mayCreateInSchema()
                ? Check.ok(check, "role " + server.role() + " may create tables in schema nexus")
                : Check.fail(
                        check,
                        "role " + server.role() + " may not create tables in schema nexus",
                        "ALTER SCHEMA nexus OWNER TO " + role + ";");
    }

    public static Check trust(Server server, SchemaTrust trust) {
        String check = "store-schema-trust";
        return trust.problem()
                .map(problem ->
                        Check.fail(check, "the database " + problem, trust.fix(SqlName.quoted(server.role())) + ";"))
                .orElseGet(() -> Check.ok(check, "no other role may change what stands in schema nexus"));
    }

    public static Check encoding(String encoding) {
        String check = "store-encoding";
        return encoding.equals("UTF8")
                ? Check.ok(check, encoding)
                : Check.fail(
                        check,
                        encoding + ": Nexus keeps texts of every language",
                        "CREATE DATABASE nexus ENCODING 'UTF8' TEMPLATE template0;\n-- and name it in DATABASE_URL");
    }

    /** @param facts empty before the first start */
    public static List<Check> of(Optional<StoreFacts> facts, Map<String, Integer> packaged, Subject subject) {
        List<Check> checks = new ArrayList<>();
        if (facts.isEmpty()) {
            checks.add(Check.ok("store-schema", "not made yet: ./nexus serve does it"));
            return checks;
        }
        checks.add(schema(facts.get().applied(), packaged));
        checks.add(secretKey(facts.get().secrets(), subject));
        checks.add(gap(facts.get().gap()));
        checks.addAll(CaptureChecks.of(facts.get().troubles()));
        return checks;
    }

    static Check schema(List<AppliedMigration> applied, Map<String, Integer> packaged) {
        String check = "store-schema";
        List<String> failed = applied.stream()
                .filter(one -> !one.succeeded())
                .map(AppliedMigration::script)
                .toList();
        if (!failed.isEmpty()) {
            return Check.fail(
                    check,
                    "a migration failed: " + String.join(", ", failed),
                    "DELETE FROM nexus.flyway_schema_history WHERE NOT success;\n-- then ./nexus serve, which tries it"
                            + " again and says why it fails");
        }
        if (SchemaState.of(applied, packaged) instanceof SchemaState.Unfit unfit) {
            return Check.fail(check, "the database " + unfit.problem(), unfit.fix());
        }
        List<String> scripts = applied.stream().map(AppliedMigration::script).toList();
        List<String> unknown = scripts.stream()
                .filter(script -> !packaged.containsKey(script))
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            return Check.warn(
                    check,
                    "a newer Nexus has migrated it: this program does not know " + String.join(", ", unknown),
                    "Run that newer version here too.");
        }
        List<String> pending = packaged.keySet().stream()
                .filter(script -> !scripts.contains(script))
                .sorted()
                .toList();
        if (!pending.isEmpty()) {
            return Check.warn(check, "older than this program: " + String.join(", ", pending), "./nexus serve");
        }
        return Check.ok(check, scripts.isEmpty() ? "empty" : "up to date (" + newest(scripts) + ")");
    }

    private static String newest(List<String> scripts) {
        return scripts.stream()
                .filter(script -> script.startsWith("V"))
                .map(script -> script.substring(0, script.indexOf("__")))
                .max(String::compareTo)
                .orElse("");
    }

    private static Check secretKey(Map<UUID, byte[]> secrets, Subject subject) {
        String check = "store-secret-key";
        if (subject.secretKey().isEmpty()) {
            return Check.warn(
                    check,
                    "not checked: NEXUS_SECRET_KEY is not set here",
                    "Set NEXUS_SECRET_KEY to the key that ./nexus serve runs with.");
        }
        SecretCipher cipher =
                new SecretCipher(Base64.getDecoder().decode(subject.secretKey().get()));
        List<UUID> unreadable = secrets.entrySet().stream()
                .filter(entry -> !opens(cipher, entry.getValue(), entry.getKey()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!unreadable.isEmpty()) {
            return Check.fail(
                    check,
                    "the key does not open what is stored for subscription "
                            + unreadable.stream().map(UUID::toString).collect(Collectors.joining(", ")),
                    subject.embedded()
                            ? "Put the file secret-key back into NEXUS_HOME, or set NEXUS_SECRET_KEY to the key that"
                                    + " was used."
                            : "Set NEXUS_SECRET_KEY to the key that was used.");
        }
        return Check.ok(check, secrets.isEmpty() ? "nothing is encrypted yet" : "opens what is stored");
    }

    private static boolean opens(SecretCipher cipher, byte[] secret, UUID subscription) {
        try {
            cipher.decrypt(secret, subscription);
            return true;
        } catch (IllegalStateException e) {
            return false; // another key, or changed manually
        }
    }

    private static Check gap(Optional<StoreFacts.Gap> gap) {
        String check = "store-gap";
        if (gap.isEmpty()) {
            return Check.ok(check, "no change was ever missed");
        }
        StoreFacts.Gap last = gap.get();
        return Check.warn(
                check,
                "changes may have been missed from " + last.from().orElse("an unknown place") + " to "
                        + last.to().orElse("an unknown place")
                        + last.since()
                                .map(since -> ", since " + EventBody.timestamp(since))
                                .orElse("")
                        + "; noticed at " + EventBody.timestamp(last.noticedAt()) + ": " + last.reason(),
                "Send again by hand what receivers lack. Once that is done, on the store:\n"
                        + "DELETE FROM nexus.source_gap WHERE noticed_at <= '"
                        + last.noticedAt().plusMillis(1) + "';");
    }
}
