package nexus.api.caller;

import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a request: it is answered, or its connection is broken. Vert.x calls an end handler only if it is added before
 * the end, and a broken connection ends the request a moment before {@code response().closed()} says so. This watches from
 * the first moment on, so an action that is added late runs as well. Safe for any thread.
 */
public final class RequestEnd {
    private final List<Runnable> actions = new ArrayList<>(); // guarded by this
    private boolean isOver; // guarded by this

    RequestEnd() {}

    /** Call it while the request is dispatched, before anything asynchronous. */
    public static RequestEnd watch(RoutingContext request) {
        RequestEnd end = new RequestEnd();
        request.put(RequestEnd.class.getName(), end);
        request.addEndHandler(ended -> end.reached());
        return end;
    }

    /** @return that of a request which is watched */
    public static RequestEnd of(RoutingContext request) {
        RequestEnd end = request.get(RequestEnd.class.getName());
        return end == null ? watch(request) : end;
    }

    public synchronized boolean isOver() {
        return isOver;
    }

    /** Runs the action at the end, or at once if that has been. It must not throw. */
    public void then(Runnable action) {
        synchronized (this) {
            if (!isOver) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    void reached() {
        List<Runnable> due;
        synchronized (this) {
            isOver = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }
}
