using System.Runtime.InteropServices;

namespace Recorder.Actors.Timing;

/// <summary>
/// The machine's monotonic clock, which cannot be set. On Linux it also counts the time while the machine was suspended, unlike
/// the timestamps of a <see cref="TimeProvider"/>.
/// </summary>
/// <param name="Boot">Identifies the machine's last boot; null when the readings of two processes cannot be compared.</param>
internal sealed record MachineTime(string? Boot, Func<TimeSpan> Read)
{
    private const int SinceBoot = 7;
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    private static readonly MachineTime? OfSystem = clock_gettime(SinceBoot, out _) != 0 ? null : new MachineTime(ReadBoot(), static () =>
    {
        _ = clock_gettime(SinceBoot, out var now);
        return TimeSpan.FromSeconds(now.Seconds) + TimeSpan.FromMicroseconds(now.Nanoseconds / 1000);
    });

    public static MachineTime Of(TimeProvider time)
    {
        if (time == TimeProvider.System && OfSystem is { } monotonic)
            return monotonic;

        var start = time.GetTimestamp();
        return new MachineTime(null, () => time.GetElapsedTime(start));
    }

    private static string? ReadBoot()
    {
        try
        {
            return File.ReadAllText(BootFile).Trim();
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // The name is the system's; generated marshalling would need unsafe code here.
    [DllImport("libc")]
    private static extern int clock_gettime(int clock, out Timespec time);
#pragma warning restore IDE1006, SYSLIB1054, CA5392

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
