using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.FFmpeg;
using Recorder.Node.Security;

namespace Recorder.Node.Cli;

/// <summary>How something is.</summary>
internal enum FindingLevel
{
    Good,
    Warning,
    Wrong,
}

/// <summary>What <c>recorder doctor</c> found.</summary>
/// <param name="Check">What it looked at.</param>
/// <param name="Level">How it is.</param>
/// <param name="Detail">What it is, and what to do.</param>
internal sealed record DoctorFinding(string Check, FindingLevel Level, string Detail);

/// <summary>What a node needs. Leaves nothing behind.</summary>
internal static class DoctorChecks
{
    private const long LittleSpace = 1L << 30;

    private static readonly string[] Encoders = ["libx264", "libvpx", "libvpx-vp9", "libopus", "aac"];
    private static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(500);

    /// <summary>All checks, one after the other.</summary>
    public static IEnumerable<DoctorFinding> Run(string? data, IPEndPoint listen, CancellationToken cancellationToken)
    {
        yield return FFmpeg();
        yield return Clock();
        yield return Port(listen);
        if (data is null)
        {
            yield return new DoctorFinding("data folder", FindingLevel.Warning, "not looked at: say --data DIR.");
            yield break;
        }

        if (!Directory.Exists(data))
        {
            yield return new DoctorFinding(
                "data folder", FindingLevel.Warning,
                $"'{data}' does not exist; 'recorder serve' makes it.");
            yield break;
        }

        cancellationToken.ThrowIfCancellationRequested();
        yield return Folder(data);
        yield return Space(data);
        if (Path.Combine(data, "catalogue.db") is var catalogue && File.Exists(catalogue))
        {
            yield return Catalogue(catalogue);
        }

        yield return Keys(data, listen);
        yield return Interrupted(Path.Combine(data, "recordings"), cancellationToken);
    }

    // A node that others reach refuses to start without keys.
    private static DoctorFinding Keys(string data, IPEndPoint listen)
    {
        int count;
        try
        {
            count = new ApiKeyRing(Path.Combine(data, "keys"), NullLogger.Instance, TimeProvider.System).List().Count;
        }
        catch (IOException unreadable)
        {
            return new DoctorFinding("API keys", FindingLevel.Wrong, unreadable.Message);
        }

        return (count, IPAddress.IsLoopback(listen.Address)) switch
        {
            (0, true) => new DoctorFinding("API keys", FindingLevel.Good, $"none, and none are needed: only this machine reaches {listen}"),
            (0, false) => new DoctorFinding(
                "API keys", FindingLevel.Wrong, $"there are none, and other machines reach {listen}: 'recorder keys add --data {data}' makes one."),
            _ => new DoctorFinding("API keys", FindingLevel.Good, $"{count}"),
        };
    }

    private static DoctorFinding Clock()
    {
        // The first of struct timex says what to change: nothing.
        const int TimeError = 5;
        var state = NativeMethods.AdjustTime(new byte[256]);
        return state == TimeError
            ? new DoctorFinding(
                "clock", FindingLevel.Warning,
                "nobody keeps it right: the times of recordings are as wrong as it is; run chrony or systemd-timesyncd.")
            : new DoctorFinding("clock", FindingLevel.Good, state < 0 ? "cannot be asked about" : "is synchronised");
    }

    private static DoctorFinding FFmpeg()
    {
        try
        {
            var version = FFmpegLibrary.Version;
            var missing = Encoders.Where(name => !FFmpegLibrary.HasEncoder(name)).ToList();
            return missing.Count == 0
                ? new DoctorFinding("FFmpeg", FindingLevel.Good, $"{version}, with {string.Join(", ", Encoders)}")
                : new DoctorFinding(
                    "FFmpeg", FindingLevel.Warning,
                    $"{version} cannot encode by {string.Join(", ", missing)}: what needs it can only be copied.");
        }
        catch (FFmpegUnavailableException missing)
        {
            return new DoctorFinding("FFmpeg", FindingLevel.Wrong, missing.Message);
        }
    }

    private static DoctorFinding Port(IPEndPoint listen)
    {
        try
        {
            using var listener = new TcpListener(listen);
            listener.Start();
            return new DoctorFinding("port", FindingLevel.Good, $"{listen} is free");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return new DoctorFinding(
                "port", FindingLevel.Warning,
                $"{listen} is taken: by a node that runs, or say --listen with another port.");
        }
        catch (SocketException failed)
        {
            return new DoctorFinding(
                "port", FindingLevel.Wrong,
                $"nobody can listen on {listen}: {failed.Message}; say another --listen.");
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
            var begun = Stopwatch.GetTimestamp();
            probe.Flush(flushToDisk: true);
            var took = Stopwatch.GetElapsedTime(begun);
            var detail = $"takes files; 64 kB are safe after {took.TotalMilliseconds:0.0} ms";
            return took < SlowFlush
                ? new DoctorFinding("data folder", FindingLevel.Good, detail)
                : new DoctorFinding(
                    "data folder", FindingLevel.Warning,
                    $"{detail}, which is slow: blobs become durable late; use another disk.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new DoctorFinding(
                "data folder", FindingLevel.Wrong,
                $"takes no files: {failed.Message}; change its permissions, or say another --data.");
        }
    }

    private static DoctorFinding Space(string data)
    {
        var drive = new DriveInfo(data);
        var detail = $"{Quantity.Size(drive.AvailableFreeSpace)} free{OnWhat(drive)}";
        return drive.AvailableFreeSpace > LittleSpace
            ? new DoctorFinding("space", FindingLevel.Good, detail)
            : new DoctorFinding(
                "space", FindingLevel.Warning,
                $"{detail}: make room, or let recordings go by --max-age or --max-bytes of 'recorder add'.");
    }

    private static string OnWhat(DriveInfo drive)
    {
        try
        {
            return $" on {drive.DriveFormat}";
        }
        catch (IOException)
        {
            // In a chroot the list of mounts need not have the one that the folder is on.
            return "";
        }
    }

    private static DoctorFinding Catalogue(string file)
    {
        const string Advice = "stop the node, and 'recorder repair' makes it again from the recordings.";
        try
        {
            var connection = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            using var database = new SqliteConnection(connection.ToString());
            database.Open();
            using var check = database.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            return check.ExecuteScalar() as string is var said && said == "ok"
                ? new DoctorFinding("catalogue", FindingLevel.Good, "is whole")
                : new DoctorFinding("catalogue", FindingLevel.Wrong, $"is damaged ({said}): {Advice}");
        }
        catch (SqliteException failed)
        {
            return new DoctorFinding("catalogue", FindingLevel.Wrong, $"cannot be read ({failed.Message}): {Advice}");
        }
    }

    private static DoctorFinding Interrupted(string recordings, CancellationToken cancellationToken)
    {
        var (all, open) = (0, new List<string>());
        foreach (var layout in RecordingTree.Find(recordings))
        {
            cancellationToken.ThrowIfCancellationRequested();
            all++;
            if (IsInterrupted(layout.Folder))
            {
                open.Add(Path.GetRelativePath(recordings, layout.Folder));
            }
        }

        return open.Count == 0
            ? new DoctorFinding("recordings", FindingLevel.Good, $"{all}, none interrupted")
            : new DoctorFinding(
                "recordings", FindingLevel.Warning,
                $"{open.Count} of {all} interrupted, {open[0]} first: 'recorder serve' goes on with them, 'recorder repair' ends them.");
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
