using Recorder.Actors.Capture;
using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Recording;

/// <summary>The options of commands that open sources themselves: trusted certificates and limits.</summary>
internal sealed class SourceLimitOptions
{
    private readonly Option<string?> _ca = CliOption.Text(
        "--ca", "FILE", "CA certificates (PEM) to trust for https, rtsps and rtmps sources, in addition to those of the system.");

    private readonly Option<long?> _tracks =
        CliOption.Count("--max-tracks", "Maximum number of tracks of a source (default: 32).", "number", "32");

    private readonly Option<long?> _pixels = CliOption.Count(
        "--max-pixels", "Maximum number of pixels of a frame (default: 67108864, which is 8192 x 8192).", "number", "100M");

    public IEnumerable<Option> All => [_ca, _tracks, _pixels];

    public CaptureOptions Read(ParseResult line)
    {
        var defaults = MediaLimits.Default;
        var file = line.GetValue(_ca);
        try
        {
            if (file is not null)
                SourceTls.Load(file);
        }
        catch (FormatException unreadable)
        {
            throw new UsageException($"--ca: {unreadable.Message}");
        }

        return new CaptureOptions
        {
            TrustedCertificates = file,
            Limits = new MediaLimits
            {
                Tracks = (int)Math.Min(int.MaxValue - 1, line.GetValue(_tracks) ?? defaults.Tracks),
                Pixels = line.GetValue(_pixels) ?? defaults.Pixels,
            },
        };
    }
}
