package nexus.queue.body;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(1000);

    @Test
    void aLaneTakesHalfOfWhatTheOthersLeave() {
        assertThat(fill(1, 100)).isEqualTo(5);
        assertThat(fill(2, 100)).isEqualTo(2);
        assertThat(fill(3, 100)).isEqualTo(1);
        assertThat(fill(4, 10)).as("there is always room for small ones").isEqualTo(10);
        assertThat(budget.used()).isEqualTo(900);
    }

    @Test
    void whatIsGivenBackIsFree() {
        fill(1, 100);
        for (int i = 0; i < 5; i++) {
            budget.giveBack(1, 100);
        }
        assertThat(budget.used()).isZero();
        assertThat(fill(2, 100)).isEqualTo(5);
    }

    @Test
    void aBodyAboveTheBudgetFindsItsTurnBesideOthers() {
        assertThat(budget.take(1, 400)).isTrue();
        assertThat(budget.take(2, 1_000_000)).isTrue();
        assertThat(budget.used()).isEqualTo(500);
        budget.giveBack(2, 1_000_000);
        assertThat(budget.used()).isEqualTo(250);
    }

    private int fill(int lane, int bytes) {
        int taken = 0;
        while (budget.take(lane, bytes)) {
            taken++;
        }
        return taken;
    }
}
