using System.Net;
using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>Decides which sources clients may name over the network (docs/adr/0014). Safe to use from any thread.</summary>
internal interface ISourcePolicy
{
    /// <summary>Checks the text of a source without resolving names; returns what is wrong with it, or null.</summary>
    MediaError? Check(SourceUri source);

    /// <summary>Resolves and checks the address to open: the source's own, or the one that its server redirects to. Throws
    /// <see cref="CaptureException"/> if the policy forbids it, <see cref="IOException"/> if its host has no address
    /// now.</summary>
    Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken cancellationToken);

    /// <summary>The same for a source that the node itself connects to.</summary>
    Task<SourceServer> LocateAsync(SourceUri source, string address, CancellationToken cancellationToken);
}

internal interface ISourcePermit : IDisposable
{
    /// <summary>The address for FFmpeg, never a name that FFmpeg would have to resolve again.</summary>
    string Address { get; }

    IReadOnlyDictionary<string, string> Options { get; }
    IReadOnlyList<string> Protocols => [];

    /// <summary>Returns the reason for an error of FFmpeg if the permit knows it, else the error itself.</summary>
    Exception Explain(Exception error);
}
