package nexus.demo;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

class DemoUsersPostgresTest {
    private final String source = TestPostgres.freshDatabase();
    private final DemoUsers users = new DemoUsers(TestPostgres.vertx(), source);

    @Test
    void aUserIsInsertedOnceForEachEmail() {
        TestPostgres.execute(
                source,
                "CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, name text,"
                        + " created_at timestamptz NOT NULL DEFAULT now())");
        DemoUsers.User ada = await(users.insert("ada@example.com", "Ada", AuditedChange.NONE));
        assertThat(TestPostgres.query(source, "SELECT id, email, name FROM users"))
                .containsExactly(ada.id() + "|ada@example.com|Ada");
        assertThatExceptionOfType(Refusal.Conflict.class)
                .isThrownBy(() -> await(users.insert("ada@example.com", "Another", AuditedChange.NONE)));
        users.close();
    }

    @Test
    void aTableOfAnotherShapeIsRefusedAndNotWrittenTo() {
        String rest = ", created_at timestamptz NOT NULL DEFAULT now())";
        String unique = "email text UNIQUE, name text";
        for (String shape : List.of(
                "TABLE users (a int)",
                "TABLE users (id int, " + unique + rest,
                "TABLE users (id uuid, email varchar(3) UNIQUE, name text" + rest,
                "TABLE users (id uuid, email text, name text" + rest,
                "TABLE users (id uuid, email text GENERATED ALWAYS AS ('x') STORED UNIQUE, name text" + rest,
                "TABLE users (id uuid, " + unique + ", tenant int NOT NULL" + rest,
                "TABLE users (id uuid, " + unique + ", tenant int CHECK (tenant IS NOT NULL)" + rest,
                "TABLE users (id uuid, " + unique + ", CHECK (name = 'Bob')" + rest,
                "TABLE users (id uuid, " + unique + ", created_at timestamptz)",
                "TABLE users (id uuid, " + unique + ", created_at timestamp NOT NULL DEFAULT now())",
                "TABLE users (id uuid, email text, name text, created_at timestamptz DEFAULT now()) PARTITION BY HASH (id)",
                "VIEW users AS SELECT 1 AS id")) {
            TestPostgres.execute(source, "CREATE " + shape);
            assertThatExceptionOfType(Refusal.Conflict.class)
                    .as(shape)
                    .isThrownBy(() -> await(users.insert("ada@example.com", "Ada", AuditedChange.NONE)))
                    .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("demo-table"));
            TestPostgres.execute(source, "DROP " + shape.split(" ", 2)[0] + " users");
        }
        assertThatExceptionOfType(Refusal.Conflict.class)
                .as("no table")
                .isThrownBy(() -> await(users.insert("ada@example.com", "Ada", AuditedChange.NONE)));
        users.close();
    }
}
