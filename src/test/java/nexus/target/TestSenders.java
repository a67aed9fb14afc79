package nexus.target;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nexus.shape.Parcel;

/** Senders for tests that need only some of the types. */
public final class TestSenders {
    private TestSenders() {}

    /** These, and for every other type one that fails. */
    public static Senders with(Sender<?>... senders) {
        List<Sender<?>> all = new ArrayList<>(List.of(senders));
        Arrays.stream(TargetType.values())
                .filter(type -> all.stream().noneMatch(sender -> sender.type() == type))
                .toList()
                .forEach(type -> all.add(new Unexpected(type)));
        return new Senders(all);
    }

    private record Unexpected(@Override TargetType type) implements Sender<Target> {
        @Override
        public Future<SendResult> send(Target target, Parcel parcel, int attempt, Permission permission) {
            throw new AssertionError("nothing is sent to targets of the type " + type);
        }

        @Override
        public Described describe(Target target, Parcel parcel, int attempt) {
            throw new AssertionError("nothing is described for targets of the type " + type);
        }

        @Override
        public void cutOff() {}
    }
}
