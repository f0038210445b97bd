using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.Node.Security;

namespace Recorder.Node.Cli.Doctor;

internal enum FindingLevel
{
    Good,
    Warning,
    Wrong,
}

/// <summary>What a check found, and what to do about it.</summary>
internal sealed record DoctorFinding(string Check, FindingLevel Level, string Detail);

/// <summary>The checks of <c>recorder doctor</c>. They leave no files behind.</summary>
internal static class DoctorChecks
{
    private const long MinimumSpace = 1L << 30;

    private static readonly string[] Encoders = ["libx264", "libvpx", "libvpx-vp9", "libopus", "aac"];
    private static readonly TimeSpan MaximumFlushTime = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<DoctorFinding> Run(string? data, IPEndPoint listen, CancellationToken cancellationToken)
    {
        yield return FFmpeg();
        yield return Clock();
        yield return Port(listen);
        if (data is null)
        {
            yield return Warning("data folder", "not checked; use --data DIR.");
            yield break;
        }

        if (!Directory.Exists(data))
        {
            yield return Warning("data folder", $"'{data}' does not exist; 'recorder serve' creates it.");
            yield break;
        }

        cancellationToken.ThrowIfCancellationRequested();
        yield return Folder(data);
        yield return Space(data);
        if (Path.Combine(data, "catalogue.db") is var catalogue && File.Exists(catalogue))
            yield return Catalogue(catalogue);

        yield return Keys(data, listen);
        yield return Interrupted(Path.Combine(data, "recordings"), cancellationToken);
    }

    private static DoctorFinding Good(string check, string detail) => new(check, FindingLevel.Good, detail);
    private static DoctorFinding Warning(string check, string detail) => new(check, FindingLevel.Warning, detail);
    private static DoctorFinding Wrong(string check, string detail) => new(check, FindingLevel.Wrong, detail);

    // A node that other machines can reach refuses to start without API keys.
    private static DoctorFinding Keys(string data, IPEndPoint listen)
    {
        int count;
        try
        {
            count = new ApiKeyRing(Path.Combine(data, "keys"), NullLogger.Instance, TimeProvider.System).List().Count;
        }
        catch (IOException unreadable)
        {
            return Wrong("API keys", unreadable.Message);
        }

        return (count, IPAddress.IsLoopback(listen.Address)) switch
        {
            (0, true) => Good("API keys", $"none; none are needed, because only this machine can reach {listen}"),
            (0, false) => Wrong(
                "API keys", $"none, but other machines can reach {listen}; create one with 'recorder keys add --data {data}'."),
            _ => Good("API keys", $"{count}"),
        };
    }

    private static DoctorFinding Clock()
    {
        // A struct timex of zeros changes nothing.
        const int TimeError = 5;
        var state = NativeMethods.AdjustTime(new byte[256]);
        return state == TimeError
            ? Warning("clock", "not synchronised, so the times of recordings can be wrong; run chrony or systemd-timesyncd.")
            : Good("clock", state < 0 ? "cannot be checked here" : "synchronised");
    }

    private static DoctorFinding FFmpeg()
    {
        try
        {
            var version = FFmpegLibrary.Version;
            var missing = Encoders.Where(name => !FFmpegLibrary.HasEncoder(name)).ToList();
            return missing.Count == 0
                ? Good("FFmpeg", $"{version}, with {string.Join(", ", Encoders)}")
                : Warning(
                    "FFmpeg", $"{version}, without the encoders {string.Join(", ", missing)}; these codecs can only be copied.");
        }
        catch (FFmpegUnavailableException missing)
        {
            return Wrong("FFmpeg", missing.Message);
        }
    }

    private static DoctorFinding Port(IPEndPoint listen)
    {
        try
        {
            using var listener = new TcpListener(listen);
            listener.Start();
            return Good("port", $"{listen} is free");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return Warning("port", $"{listen} is in use, perhaps by a running node; if not, choose another port with --listen.");
        }
        catch (SocketException failed)
        {
            return Wrong("port", $"cannot listen on {listen} ({failed.Message}); choose another address with --listen.");
        }
    }

    private static DoctorFinding Folder(string data)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(data, $".doctor-{Guid.NewGuid():N}"),
                FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose);
            probe.Write(new byte[1 << 16]);
            var started = Stopwatch.GetTimestamp();
            probe.Flush(flushToDisk: true);
            var took = Stopwatch.GetElapsedTime(started);
            var detail = $"writable; 64 kB were flushed to disk in {took.TotalMilliseconds:0.0} ms";
            return took < MaximumFlushTime
                ? Good("data folder", detail)
                : Warning("data folder", $"{detail}, which is slow, so blobs become durable late; use a faster disk.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Wrong(
                "data folder", $"not writable ({failed.Message}); change its permissions, or choose another folder with --data.");
        }
    }

    private static DoctorFinding Space(string data)
    {
        var drive = new DriveInfo(data);
        var detail = $"{Quantity.Size(drive.AvailableFreeSpace)} free{FormatOf(drive)}";
        return drive.AvailableFreeSpace > MinimumSpace
            ? Good("space", detail)
            : Warning(
                "space", $"{detail}; free some space, or limit recordings with --max-age or --max-bytes of 'recorder add'.");
    }

    private static string FormatOf(DriveInfo drive)
    {
        try
        {
            return $" on {drive.DriveFormat}";
        }
        catch (IOException)
        {
            // In a chroot the list of mounts can lack the volume of the folder.
            return "";
        }
    }

    private static DoctorFinding Catalogue(string file)
    {
        const string Advice = "stop the node, then rebuild it from the recordings with 'recorder repair'.";
        try
        {
            var connection =
                new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            using var database = new SqliteConnection(connection.ToString());
            database.Open();
            using var check = database.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            return check.ExecuteScalar() as string is var result && result == "ok"
                ? Good("catalogue", "intact")
                : Wrong("catalogue", $"damaged ({result}); {Advice}");
        }
        catch (SqliteException failed)
        {
            return Wrong("catalogue", $"cannot be read ({failed.Message}); {Advice}");
        }
    }

    private static DoctorFinding Interrupted(string recordings, CancellationToken cancellationToken)
    {
        var (count, interrupted) = (0, new List<string>());
        foreach (var layout in RecordingTree.Find(recordings))
        {
            cancellationToken.ThrowIfCancellationRequested();
            count++;
            if (IsInterrupted(layout.Folder))
                interrupted.Add(Path.GetRelativePath(recordings, layout.Folder));
        }

        return interrupted.Count == 0
            ? Good("recordings", $"{count}, none interrupted")
            : Warning("recordings", $"{interrupted.Count} of {count} interrupted, the first is {interrupted[0]}; "
                    + "'recorder serve' continues them, 'recorder repair' ends them.");
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "adjtimex")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int AdjustTime(byte[] timex);
    }

    private static bool IsInterrupted(string folder)
    {
        try
        {
            return RecordingReader.Open(folder).Description.StopReason is null &&
                !Directory.EnumerateFiles(folder, "0*").Any(FileUse.IsOpenForWriting);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return true;
        }
    }
}
