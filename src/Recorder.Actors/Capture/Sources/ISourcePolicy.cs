using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>
/// Decides what a node may open for whoever names its sources from afar (docs/adr/0014). A runtime without one opens what its user may.
/// Safe to use from any thread.
/// </summary>
internal interface ISourcePolicy
{
    /// <summary>What is wrong with a source by what its text says, without asking for names; null when nothing is.</summary>
    MediaError? Check(SourceUri source);

    /// <summary>Resolves what a source names and checks what came of it, just before it is opened.</summary>
    /// <param name="source">The source.</param>
    /// <param name="address">What to open: the source's own address, or where its server sends to instead.</param>
    /// <param name="cancellationToken">Ends the resolving.</param>
    /// <exception cref="CaptureException">It may not be opened.</exception>
    /// <exception cref="IOException">Its name cannot be resolved now.</exception>
    Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken cancellationToken);
}

/// <summary>Leave to open one source once. It lasts as long as the source is open.</summary>
internal interface ISourcePermit : IDisposable
{
    /// <summary>What FFmpeg is to open: never a name that it would have to resolve again.</summary>
    string Address { get; }

    /// <summary>FFmpeg's options that keep it to what was permitted.</summary>
    IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Protocols that these options need, beyond those of the scheme.</summary>
    IReadOnlyList<string> Protocols { get; }

    /// <summary>Why FFmpeg failed, when the permit knows better.</summary>
    Exception Explain(Exception error);
}
