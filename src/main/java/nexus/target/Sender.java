package nexus.target;

import io.vertx.core.Future;
import java.util.Optional;
import nexus.shape.Parcel;

/**
 * Sends to the targets of one type. Never retries, and never knows subscriptions. It works on the {@link SendingLoop},
 * and may be called from any thread.
 *
 * @param <T> its targets
 */
public interface Sender<T extends Target> {
    TargetType type();

    /** Why this process can't send to any target of the type, after its name; empty when it can. */
    default Optional<String> unavailable() {
        return Optional.empty();
    }

    /**
     * Makes one request.
     *
     * @param attempt its number among the attempts of the delivery, from 1
     * @param permission when it is not given, nothing is sent and the target counts as not reached
     * @return never fails; completes on the sending loop, at the latest after the sender's deadline
     */
    Future<SendResult> send(T target, Parcel parcel, int attempt, Permission permission);

    /**
     * The request that {@link #send} would make now, built by the same code. Sends nothing and reads nothing from the
     * network.
     *
     * @param target without credentials, apart from the keys that sign
     * @param attempt its number among the attempts of the delivery, from 1
     * @throws IllegalArgumentException if no request can be made of the target and the parcel
     */
    Described describe(T target, Parcel parcel, int attempt);

    /** Ends all requests in flight that are made under a lease, and closes their connections. */
    void cutOff();
}
