package nexus.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a new connection: counts it, sets a deadline for its first request, refuses HTTP/2 without TLS, and
 * adds the {@link RequestGuard} as soon as the server has chosen its decoder.
 */
final class ConnectionStart extends ChannelInboundHandlerAdapter {
    private static final String DECODER = "httpDecoder";
    private static final String ENCODER = "httpEncoder";
    private static final byte[] HTTP_2 = {'P', 'R', 'I', ' '};

    private final Edge edge;
    private final boolean isManagement;
    private final RequestGuard guard;
    private int prefaceBytes;
    private boolean isSetUp;
    private @Nullable ScheduledFuture<?> deadline;

    ConnectionStart(Edge edge, boolean isManagement) {
        this.edge = edge;
        this.isManagement = isManagement;
        this.guard = new RequestGuard(edge, isManagement);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!edge.opened(isManagement)) {
            ChannelFuture unusedToo = context.close();
            return;
        }
        ChannelFuture unused = context.channel().closeFuture().addListener(closed -> edge.closed(isManagement));
        deadline = context.executor()
                .schedule(() -> closeIfSilent(context), edge.firstRequest().toMillis(), TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    private void closeIfSilent(ChannelHandlerContext context) {
        if (!guard.hasRequest()) {
            ChannelFuture unused = context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ScheduledFuture<?> pending = deadline;
        if (pending != null) {
            pending.cancel(false);
        }
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isSetUp || !(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            boolean isRequest = prefaceBytes > 0 || !bytes.isReadable() || startsARequest(bytes);
            if (!isRequest && context.pipeline().get(DECODER) == null) {
                // an empty line, which every decoder skips, makes the server choose HTTP/1
                context.fireChannelRead(Unpooled.copiedBuffer("\r\n", StandardCharsets.US_ASCII));
            }
            // A server that offers HTTP/2 chooses its decoder when the first bytes are not those of HTTP/2.
            while (context.pipeline().get(DECODER) == null && bytes.isReadable()) {
                if (prefaceBytes < HTTP_2.length && bytes.getByte(bytes.readerIndex()) == HTTP_2[prefaceBytes]) {
                    prefaceBytes++;
                    if (prefaceBytes == HTTP_2.length) {
                        ChannelFuture unused = context.close();
                        return;
                    }
                }
                context.fireChannelRead(bytes.readRetainedSlice(1));
            }
            setUp(context);
            if (isSetUp && !isRequest) {
                guard.refuseFirst();
            } else if (bytes.isReadable()) {
                context.fireChannelRead(bytes.retain());
            }
        } finally {
            bytes.release();
        }
    }

    /** A method, or the empty line that servers should skip (RFC 9112 §2.2). */
    private static boolean startsARequest(ByteBuf bytes) {
        byte first = bytes.getByte(bytes.readerIndex());
        return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '\r';
    }

    private void setUp(ChannelHandlerContext context) {
        ChannelPipeline pipeline = context.pipeline();
        if (isSetUp || pipeline.get(DECODER) == null) {
            return;
        }
        isSetUp = true;
        pipeline.addAfter(ENCODER, "requestGuard", guard);
        if (pipeline.get(IdleStateHandler.class) == null) {
            pipeline.addFirst("edgeIdle", new IdleStateHandler(0, 0, edge.idle().toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            ChannelFuture unused = context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }
}
