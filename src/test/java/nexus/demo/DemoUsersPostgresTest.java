package nexus.demo;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import nexus.Refusal;
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
        DemoUsers.User ada = await(users.insert("ada@example.com", "Ada"));
        assertThat(TestPostgres.query(source, "SELECT id, email, name FROM users"))
                .containsExactly(ada.id() + "|ada@example.com|Ada");
        assertThatExceptionOfType(Refusal.Conflict.class)
                .isThrownBy(() -> await(users.insert("ada@example.com", "Another")));
        users.close();
    }
}
