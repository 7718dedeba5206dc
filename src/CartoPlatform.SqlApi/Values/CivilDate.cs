namespace CartoPlatform.SqlApi.Values;

/// <summary>A day of the proleptic Gregorian calendar; year 0 is 1 BC.</summary>
internal readonly record struct CivilDate(long Year, int Month, int Day)
{
    private const int DaysPerEra = 146_097;

    // From 0000-03-01, where the count below begins, to 2000-01-01, where PostgreSQL's does.
    private const int DaysToEpoch = 730_425;

    /// <summary>Whether four digits hold the year.</summary>
    public bool IsIso => Year is >= 1 and <= 9_999;

    /// <param name="days">Since 2000-01-01. The arithmetic is Howard Hinnant's <c>civil_from_days</c>, which counts years from March.</param>
    public static CivilDate FromDays(long days)
    {
        days += DaysToEpoch;
        var era = (days >= 0 ? days : days - DaysPerEra + 1) / DaysPerEra;
        var dayOfEra = (int)(days - (era * DaysPerEra));
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        var month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return new CivilDate(yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1);
    }

    public void Write(Utf8Buffer output)
    {
        WriteWithoutEra(output);
        WriteEra(output);
    }

    public void WriteWithoutEra(Utf8Buffer output)
    {
        var year = Year > 0 ? Year : 1 - Year;
        // Years beyond 9999 have more digits.
        if (year <= 9_999) output.WriteDigits(year, 4);
        else output.Write(year);
        output.Write((byte)'-');
        output.WriteDigits(Month, 2);
        output.Write((byte)'-');
        output.WriteDigits(Day, 2);
    }

    public void WriteEra(Utf8Buffer output)
    {
        if (Year <= 0) output.Write(" BC"u8);
    }
}
