package nexus.access.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestPlacesTest {
    @Test
    void whoFindsNoPlaceWaitsForItsTurnAndTooManyAreRefused() {
        RequestPlaces places = new RequestPlaces(2, 2);
        List<String> turns = new ArrayList<>();
        Runnable third = () -> turns.add("third");
        assertThat(places.take()).isTrue();
        assertThat(places.take()).isTrue();
        assertThat(places.take()).isFalse();
        assertThat(places.await(third)).isTrue();
        assertThat(places.await(() -> turns.add("fourth"))).isTrue();
        assertThat(places.await(() -> turns.add("fifth"))).isFalse();
        places.leave();
        assertThat(turns).containsExactly("third");
        assertThat(places.take()).as("the third has it").isFalse();
        assertThat(places.giveUp(third)).isFalse();
        places.leave();
        places.leave();
        places.leave();
        assertThat(turns).containsExactly("third", "fourth");
        assertThat(places.take()).isTrue();
        assertThat(places.take()).isTrue();
        assertThat(places.take()).isFalse();
    }

    @Test
    void whoGivesUpHasNoTurn() {
        RequestPlaces places = new RequestPlaces(1, 5);
        List<String> turns = new ArrayList<>();
        Runnable second = () -> turns.add("second");
        assertThat(places.take()).isTrue();
        assertThat(places.await(second)).isTrue();
        assertThat(places.giveUp(second)).isTrue();
        places.leave();
        assertThat(turns).isEmpty();
        assertThat(places.take()).isTrue();
    }
}
