using System.CommandLine;
using Recorder.Actors.Capture;
using Recorder.Actors.Capture.Connections;
using Recorder.FFmpeg;
using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Recording;

/// <summary>The options of commands that open sources themselves: what they open at most, and whom they trust.</summary>
internal sealed class SourceLimitOptions
{
    private readonly Option<string> _ca = new("--ca")
    {
        HelpName = "FILE",
        Description = "Certificates (PEM) that sources of https, rtsps and rtmps may be signed by, beside the system's.",
    };

    private readonly Option<string> _tracks = new("--max-tracks") { HelpName = "N", Description = "Most tracks of a source (32)." };

    private readonly Option<string> _pixels = new("--max-pixels") { HelpName = "N", Description = "Most pixels of a picture (67108864, 8192 x 8192)." };

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [_ca, _tracks, _pixels];

    /// <summary>Reads them.</summary>
    public CaptureOptions Read(OptionReader reader)
    {
        var defaults = MediaLimits.Default;
        var file = reader.Text(_ca);
        try
        {
            if (file is not null)
            {
                SourceTls.Load(file);
            }
        }
        catch (FormatException unreadable)
        {
            reader.Complain($"--ca: {unreadable.Message}");
        }

        return new CaptureOptions
        {
            TrustedCertificates = file,
            Limits = new MediaLimits
            {
                Tracks = (int)Math.Min(int.MaxValue - 1, reader.Count(_tracks, "number", "32") ?? defaults.Tracks),
                Pixels = reader.Count(_pixels, "number", "100M") ?? defaults.Pixels,
            },
        };
    }
}
