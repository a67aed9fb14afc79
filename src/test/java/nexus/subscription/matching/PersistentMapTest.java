package nexus.subscription.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
    /** Few hashes, so that keys collide at every depth. */
    private record Key(int number) {
        @Override
        public int hashCode() {
            return (number % 7) << (number % 3 * 15);
        }
    }

    @Test
    void itIsTheMapOfTheModelAndEarlierVersionsStay() {
        Random random = new Random(7);
        List<PersistentMap<Object, Integer>> versions = new ArrayList<>(List.of(PersistentMap.empty()));
        List<Map<Object, Integer>> models = new ArrayList<>(List.of(Map.of()));
        for (int i = 0; i < 3_000; i++) {
            Object key = random.nextBoolean() ? new Key(random.nextInt(60)) : (Object) random.nextInt(300);
            Map<Object, Integer> model = new HashMap<>(models.getLast());
            PersistentMap<Object, Integer> map = versions.getLast();
            if (random.nextInt(5) < 3) {
                model.put(key, i);
                map = map.with(key, i);
            } else {
                model.remove(key);
                map = map.without(key);
            }
            versions.add(map);
            models.add(model);
        }
        for (int i = 0; i < versions.size(); i += 50) {
            assertThat(contents(versions.get(i))).isEqualTo(models.get(i));
            assertThat(versions.get(i).size()).isEqualTo(models.get(i).size());
        }
        for (int n = 0; n < 300; n++) {
            assertThat(versions.getLast().get(n)).isEqualTo(models.getLast().get(n));
            assertThat(versions.getLast().get(new Key(n)))
                    .isEqualTo(models.getLast().get(new Key(n)));
        }
    }

    @Test
    void theSameValueChangesNothing() {
        PersistentMap<String, String> map =
                PersistentMap.<String, String>empty().with("a", "b");
        assertThat(map.with("a", "b")).isSameAs(map);
        assertThat(map.without("c")).isSameAs(map);
        assertThat(map.without("a").isEmpty()).isTrue();
    }

    private static Map<Object, Integer> contents(PersistentMap<Object, Integer> map) {
        Map<Object, Integer> contents = new HashMap<>();
        map.forEach(contents::put);
        return contents;
    }
}
