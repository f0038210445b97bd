using System.Buffers.Binary;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// A system clock that a spec sets under a program that runs: a library of ours, loaded before the C library, adds what a file says to every
/// reading of the wall clock. The steady clocks are left alone.
/// </summary>
public sealed class SettableClock
{
    private const string Source =
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile long long *ahead;

        __attribute__((constructor)) static void begin(void)
        {
            int file = open(getenv("SPEC_CLOCK"), O_RDONLY);
            void *seen = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
            ahead = seen == MAP_FAILED ? 0 : seen;
        }

        static long long seconds(clockid_t id)
        {
            return ahead && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) ? *ahead : 0;
        }

        int clock_gettime(clockid_t id, struct timespec *now)
        {
            int result = syscall(SYS_clock_gettime, id, now);
            now->tv_sec += result ? 0 : seconds(id);
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone)
        {
            int result = syscall(SYS_gettimeofday, now, zone);
            now->tv_sec += result ? 0 : seconds(CLOCK_REALTIME);
            return result;
        }

        time_t time(time_t *to)
        {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            return to ? *to = now.tv_sec : now.tv_sec;
        }
        """;

    private readonly string _library;
    private readonly string _file;

    private SettableClock(string library, string file) => (_library, _file) = (library, file);

    /// <summary>What starts a program under it.</summary>
    public string[] Through => ["env", $"LD_PRELOAD={_library}", $"SPEC_CLOCK={_file}"];

    /// <summary>Makes one.</summary>
    public static async Task<SettableClock> CreateAsync(TestFolder folder)
    {
        var (source, library, file) = (folder.File("clock.c"), folder.File("clock.so"), folder.File("clock"));
        await File.WriteAllTextAsync(source, Source);
        await File.WriteAllBytesAsync(file, new byte[8]);
        var compiled = await Command.RunAsync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source]);
        compiled.ExitCode.ShouldBe(0, compiled.Error);
        return new SettableClock(library, file);
    }

    /// <summary>Sets the wall clock so far ahead of the machine's.</summary>
    public void Set(TimeSpan ahead)
    {
        var seconds = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)ahead.TotalSeconds);
        using var file = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Write(seconds);
    }
}
