package nexus.webhook.answer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The JDK's TLS, with a {@link FrameMeter} on every connection that agrees on HTTP/2. Vert.x shows such a connection only
 * when the receiver's settings have arrived, which may be never; the end of the handshake is the one earlier moment at
 * which it can be reached.
 */
public final class MeteredTlsOptions extends JdkSSLEngineOptions {
    private final AnswerLimits limits;
    private final Duration readyWithin;

    public MeteredTlsOptions(AnswerLimits limits, Duration readyWithin) {
        this.limits = limits;
        this.readyWithin = readyWithin;
    }

    @Override
    public JdkSSLEngineOptions copy() {
        return new MeteredTlsOptions(limits, readyWithin);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new DefaultSslContextFactory(SslProvider.JDK, false) {
            @Override
            public SslContext create() throws SSLException {
                return new MeteredContext(super.create());
            }
        };
    }

    private final class MeteredContext extends DelegatingSslContext {
        MeteredContext(SslContext context) {
            super(context);
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // as the context made it
        }

        @Override
        protected void initHandler(SslHandler handler) {
            handler.handshakeFuture().addListener(shaking -> {
                if (shaking.isSuccess()
                        && ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())
                        && shaking.getNow() instanceof Channel channel) {
                    String tls = channel.pipeline().context(handler).name();
                    channel.pipeline().addAfter(tls, null, new Placeholder(tls));
                }
            });
        }
    }

    /** Vert.x removes every handler but that of TLS before it adds its own for HTTP/2: then the meter is added. */
    private final class Placeholder extends ChannelInboundHandlerAdapter {
        private final String tls;

        Placeholder(String tls) {
            this.tls = tls;
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            ChannelPipeline pipeline = ctx.pipeline();
            if (ctx.channel().isActive() && pipeline.get(tls) != null) {
                pipeline.addAfter(tls, "frames", new FrameMeter(limits, readyWithin));
            }
        }
    }
}
