using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Node.Serve;

/// <summary>A running node: actors, catalogue and HTTP server. A process can have several.</summary>
internal sealed partial class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(15);

    private readonly WebApplication _application;
    private readonly NodeParts _parts;
    private int _ended;

    private NodeHost(WebApplication application, NodeParts parts)
    {
        (_application, _parts) = (application, parts);
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        Address = new Uri(addresses!.Addresses.First());
    }

    /// <summary>With the actual port.</summary>
    public Uri Address { get; }

    /// <summary>Cancelled when the node ends by itself, because its actor system terminated.</summary>
    public CancellationToken Stopping => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public IServiceProvider Services => _application.Services;

    /// <summary>The node answers requests once the task completes. Without a log nothing is logged.</summary>
    public static async Task<NodeHost> StartAsync(
        ServeOptions options, CancellationToken cancellationToken, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        logging ??= NullLoggerFactory.Instance;
        var parts = await NodeParts.OpenAsync(options, logging, time ?? TimeProvider.System, cancellationToken);
        WebApplication? application = null;
        try
        {
            application = Build(options, parts, logging);
            await application.StartAsync(cancellationToken);
            return new NodeHost(application, parts);
        }
        catch (Exception failed)
        {
            if (application is not null)
                await EndAsync(application, parts, logging);
            else
                await parts.DisposeAsync();

            throw failed is IOException or SocketException
                ? new ServeException($"Cannot listen on {options.Listen} ({Innermost(failed).Message}); choose another with --listen.", failed)
                : failed;
        }
    }

    /// <summary>
    /// Ends the requests, then the recordings, then everything else; in a cluster the recorders are handed over first. Timeouts limit each step.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;

        if (Services.GetRequiredService<ServeOptions>().StopsOnShutdown && _parts.Node.Cluster is not null)
            await _parts.Node.StopAllAsync();

        // The other nodes read this node's journal over HTTP.
        await _parts.Node.LeaveAsync();
        await EndAsync(_application, _parts, Services.GetRequiredService<ILoggerFactory>());
    }

    // Hosted services stop before the data folder is closed. If one fails, the rest is closed all the same.
    private static async Task EndAsync(WebApplication application, NodeParts parts, ILoggerFactory logging)
    {
        foreach (var step in (Func<ValueTask>[])[() => new ValueTask(application.StopAsync(CancellationToken.None)), application.DisposeAsync])
        {
            try
            {
                await step();
            }
#pragma warning disable CA1031 // Whatever the error is, the data folder must be closed.
            catch (Exception failed)
#pragma warning restore CA1031
            {
                LogNotStopped(logging.CreateLogger("Node"), failed);
            }
        }

        await parts.DisposeAsync();
    }

    [LoggerMessage(1, LogLevel.Error, "A part of the node did not stop")]
    private static partial void LogNotStopped(ILogger logger, Exception failed);

    private static WebApplication Build(ServeOptions options, NodeParts parts, ILoggerFactory logging)
    {
        // An empty builder reads nothing from the environment, appsettings.json or the working directory.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "recorder" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var certificate = TlsCertificate.Read(options);
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, options, certificate));
        builder.Services.AddRoutingCore();
        builder.Services.Replace(ServiceDescriptor.Singleton(logging));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoSignals>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.AddNode(options, parts);
        var application = builder.Build();
        application.UseNode();
        return application;
    }

    private static void Limit(KestrelServerOptions kestrel, ServeOptions options, X509Certificate2? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.BodyLimit;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.HeaderLimit;
        kestrel.Limits.MaxRequestLineSize = Math.Min(kestrel.Limits.MaxRequestLineSize, options.HeaderLimit);
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionLimit;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.ConnectionLimit;
        kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
        // A paused player accepts nothing for minutes, which is legitimate. Event streams have a timeout of their own.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(options.Listen, listening => listening.UseCertificate(certificate));
    }

    private static Exception Innermost(Exception failed) => failed.InnerException is { } inner ? Innermost(inner) : failed;

    // The command line handles signals; a node within another program must not.
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
