package nexus.dispatch.send;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Singleton;
import nexus.target.SendingLoop;

/** The one event loop of the way out. One is faster than two, and nothing on it needs a lock. */
@Singleton
public final class SendLoop implements SendingLoop {
    private final Context context;

    public SendLoop(Vertx vertx) {
        // Vertx.getOrCreateContext() would share the context of the caller that asks for this bean first.
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    @Override
    public Context context() {
        return context;
    }
}
