using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>
/// Decides which sources a node opens for clients that name them over the network (docs/adr/0014). A runtime without a policy
/// opens whatever the process's user may. Safe to use from any thread.
/// </summary>
internal interface ISourcePolicy
{
    /// <summary>Checks the text of a source without resolving names; returns what is wrong with it, or null.</summary>
    MediaError? Check(SourceUri source);

    /// <summary>Resolves the host of a source and checks its addresses just before it is opened.</summary>
    /// <param name="source">The source.</param>
    /// <param name="address">The address to open: the source's own, or the one that its server redirects to.</param>
    /// <param name="cancellationToken">Cancels resolving.</param>
    /// <exception cref="CaptureException">The policy does not allow it.</exception>
    /// <exception cref="IOException">Its host cannot be resolved now.</exception>
    Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken cancellationToken);
}

/// <summary>Permission to open one source once; disposed when the source is closed.</summary>
internal interface ISourcePermit : IDisposable
{
    /// <summary>The address for FFmpeg, never a name that FFmpeg would have to resolve again.</summary>
    string Address { get; }

    IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Protocols that these options need in addition to those of the scheme.</summary>
    IReadOnlyList<string> Protocols { get; }

    /// <summary>Returns the reason for an error of FFmpeg if the permit knows it, else the error itself.</summary>
    Exception Explain(Exception error);
}
