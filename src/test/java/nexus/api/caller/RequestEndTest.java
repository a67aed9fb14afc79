package nexus.api.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestEndTest {
    private final RequestEnd end = new RequestEnd();
    private final List<String> done = new ArrayList<>();

    @Test
    void anActionRunsAtTheEndAndOnce() {
        end.then(() -> done.add("first"));
        end.then(() -> done.add("second"));
        assertThat(done).isEmpty();
        assertThat(end.isOver()).isFalse();

        end.reached();
        end.reached();

        assertThat(done).containsExactly("first", "second");
        assertThat(end.isOver()).isTrue();
    }

    @Test
    void anActionThatIsAddedAfterTheEndRunsAtOnce() {
        end.reached();
        end.then(() -> done.add("late"));
        assertThat(done).containsExactly("late");
    }

    @Test
    void anActionMayAddAnother() {
        end.then(() -> end.then(() -> done.add("added")));
        end.reached();
        assertThat(done).containsExactly("added");
    }
}
