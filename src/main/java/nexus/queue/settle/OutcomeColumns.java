package nexus.queue.settle;

import static nexus.store.NamedSql.array;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import nexus.queue.lease.Term;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Place;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.store.NamedSql.Element;
import nexus.store.Rows;
import nexus.tally.Tried;

/** The outcomes that one statement stores, as its array parameters. */
record OutcomeColumns<O extends Outcome>(Term term, List<O> of) {
    int process() {
        return term.process();
    }

    long epoch() {
        return term.epoch();
    }

    Long[] seqs() {
        return deliveries(Long[]::new, OwedDelivery::seq);
    }

    /** The places of those that are separate rows. */
    String[] places() {
        List<String> places = new ArrayList<>(of.size());
        for (Outcome outcome : of) {
            if (outcome.delivery().place() instanceof Place.OwnRow row) {
                places.add(row.ctid());
            }
        }
        return places.toArray(String[]::new);
    }

    OffsetDateTime[] attemptedAt() {
        return attempts(OffsetDateTime[]::new, made -> Rows.utc(made.at()));
    }

    Integer[] durations() {
        return attempts(Integer[]::new, AttemptMade::durationMs);
    }

    Integer[] statusCodes() {
        return attempts(Integer[]::new, AttemptMade::statusCode);
    }

    String[] errors() {
        return attempts(String[]::new, AttemptMade::error);
    }

    String[] responses() {
        return attempts(String[]::new, AttemptMade::response);
    }

    UUID[] batches() {
        return attempts(UUID[]::new, AttemptMade::batch);
    }

    /** The attempts as they are counted; null where no request was made. */
    Long[] tried() {
        return array(of, Long[]::new, outcome -> {
            Optional<AttemptMade> attempt = outcome.attempt();
            if (attempt.isEmpty()) {
                return null;
            }
            AttemptMade made = attempt.get();
            return Tried.once(outcome instanceof Outcome.Sent, made.statusCode(), made.durationMs());
        });
    }

    /** One column of the deliveries. */
    <T> T[] deliveries(IntFunction<T[]> array, Element<OwedDelivery, T> column) {
        return array(of, array, outcome -> column.of(outcome.delivery()));
    }

    /** One column of the attempts; null where no request was made. */
    <T> T[] attempts(IntFunction<T[]> array, Element<AttemptMade, T> column) {
        return array(of, array, outcome -> {
            Optional<AttemptMade> made = outcome.attempt();
            return made.isPresent() ? column.of(made.get()) : null;
        });
    }
}
