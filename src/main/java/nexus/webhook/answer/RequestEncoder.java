package nexus.webhook.answer;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/** Writes the requests of an HTTP/1.1 connection and notifies its {@link AnswerDecoder} when one starts and when it is written. */
final class RequestEncoder extends HttpRequestEncoder {
    private final AnswerDecoder answers;
    private final ChannelFutureListener written;

    RequestEncoder(AnswerDecoder answers) {
        this.answers = answers;
        this.written = writing -> {
            if (writing.isSuccess()) {
                answers.requestWritten();
            }
        };
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest && !answers.beginRequest(ctx.channel())) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new ClosedChannelException());
            return;
        }
        super.write(
                ctx,
                message,
                message instanceof LastHttpContent ? promise.unvoid().addListener(written) : promise);
    }
}
