package nexus.webhook.answer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the requests of an HTTP/1.1 connection, each with the headers of its {@link HeaderBlock}, and notifies the
 * connection's {@link AnswerDecoder} when one starts and when it is written.
 */
final class RequestEncoder extends HttpRequestEncoder {
    private final AnswerDecoder answers;
    private final ChannelFutureListener written;
    private @Nullable HeaderBlock headers; // of the request that is not written yet

    RequestEncoder(AnswerDecoder answers) {
        this.answers = answers;
        this.written = writing -> {
            if (writing.isSuccess()) {
                answers.requestWritten();
            }
        };
    }

    /** @return takes the headers of the request that comes next, which may have others too */
    HeaderBlock newHeaders() {
        HeaderBlock block = new HeaderBlock();
        headers = block;
        return block;
    }

    void forgetHeaders() {
        headers = null;
    }

    @Override
    protected void encodeHeaders(HttpHeaders others, ByteBuf out) {
        super.encodeHeaders(others, out);
        HeaderBlock block = headers;
        if (block != null) {
            headers = null;
            block.writeTo(out);
        }
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
