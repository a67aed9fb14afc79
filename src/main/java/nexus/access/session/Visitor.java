package nexus.access.session;

import java.util.Optional;
import nexus.access.key.KnownKey;
import nexus.access.key.Right;

/** Who looks at the page: somebody with a key, or a program's user on this machine where no key is required. */
public sealed interface Visitor {
    /** Whether the visitor may change anything, besides looking at it. */
    boolean mayManage();

    /** A name to show; it reveals nothing of a key. */
    String name();

    record Keyed(KnownKey key) implements Visitor {
        @Override
        public boolean mayManage() {
            return key.may(Right.MANAGE);
        }

        @Override
        public String name() {
            return key.caller().name().orElse(key.caller().actor());
        }
    }

    /** Embedded mode without keys. */
    record Open() implements Visitor {
        @Override
        public boolean mayManage() {
            return true;
        }

        @Override
        public String name() {
            return "this machine";
        }
    }

    default Optional<KnownKey> known() {
        return switch (this) {
            case Keyed keyed -> Optional.of(keyed.key());
            case Open open -> Optional.empty();
        };
    }
}
