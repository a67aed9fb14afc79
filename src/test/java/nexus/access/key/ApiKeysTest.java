package nexus.access.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.testkit.Configs;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
    @Test
    void eachKeyIsACallerOfItsOwnWhoseScopeDoesNotTellTheKey() {
        ApiKeys keys = keys("first-key, second-key ");
        KnownKey first = keys.with(Digest.of("first-key")).orElseThrow();
        KnownKey second = keys.with(Digest.of("second-key")).orElseThrow();
        assertThat(first.caller()).isNotEqualTo(second.caller());
        assertThat(first.caller().scope()).doesNotContain("first-key").matches("[0-9a-f]{24}");
        assertThat(first.caller().actor()).isEqualTo("env:1");
        assertThat(second.caller().actor()).isEqualTo("env:2");
        assertThat(Right.values()).allMatch(first::may);
    }

    @Test
    void anyOtherTextIsNobody() {
        ApiKeys keys = keys("first-key");
        assertThat(List.of("", "first-ke", "first-key2", "FIRST-KEY"))
                .allSatisfy(key -> assertThat(keys.with(Digest.of(key))).isEmpty());
    }

    @Test
    void aStoredKeyMayWhatItsScopesSayUntilItIsRemoved() {
        ApiKeys keys = keys("first-key");
        StoredKey stored = stored("nxs_a", Set.of(Right.PUBLISH));
        keys.replaceStored(List.of(stored), 0);
        KnownKey known = keys.with(stored.digest()).orElseThrow();
        assertThat(known.may(Right.PUBLISH)).isTrue();
        assertThat(known.may(Right.READ)).isFalse();
        assertThat(known.may(Right.MANAGE)).isFalse();
        assertThat(known.isExpired(999)).isFalse();
        assertThat(known.isExpired(1_000)).isTrue();

        keys.replaceStored(List.of(stored, stored("nxs_b", Set.of(Right.READ))), 5);
        assertThat(keys.unconfirmedFor(8)).hasNanos(3);
        assertThat(keys.with(stored.digest())).as("its rate is not forgotten").containsSame(known);
        keys.remove(stored.id());
        assertThat(keys.with(stored.digest())).isEmpty();
        assertThat(keys.with(Digest.of("nxs_b"))).isPresent();
        assertThat(keys.with(Digest.of("first-key"))).isPresent();
    }

    @Test
    void whatAKeyIsKeptAsDoesNotPrint() {
        StoredKey stored = stored("nxs_a", Set.of(Right.READ));
        assertThat(stored.toString() + stored.digest() + KeyView.created(stored, "nxs_a"))
                .doesNotContain("nxs_a", stored.digest().scope());
    }

    private static StoredKey stored(String key, Set<Right> rights) {
        return new StoredKey(
                UUID.randomUUID(),
                1,
                "test",
                rights,
                Digest.of(key),
                Instant.EPOCH,
                Optional.of(Instant.ofEpochMilli(1_000)),
                Optional.empty());
    }

    private static ApiKeys keys(String given) {
        return new ApiKeys(Configs.of(AccessConfig.class, "nexus.api.keys=" + given));
    }
}
