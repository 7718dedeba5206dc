-- H3 places: cells of coordinates and back, after the published algorithm, with vectors in place of angles. The grids lie on the planes of
-- an icosahedron's faces: i and j are steps along axes at 120 degrees, axes of odd resolutions are turned. A place is three numbers, a ray from
-- the centre of the sphere. The same as H3Cell of src/CartoPlatform.Tiles, where more is said. In PL/pgSQL, because a function in SQL that
-- cannot be inlined is planned anew in each statement.

-- Centres of the twenty faces, and the two axes of each for even and odd resolutions.
CREATE OR REPLACE FUNCTION carto.cells_h3_centers() RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
BEGIN
    RETURN '{0.21993077914046064,0.6583691780274996,0.7198475378926182,-0.21392348345014206,0.14781718295507032,0.9656017935214205,0.10926252787847968,-0.48119515728732093,0.8697775121287253,0.7428567301586791,-0.35939416782780276,0.5648005936517033,0.8112534709140969,0.3448953237639384,0.472138773641393,-0.10554981496139205,0.9794457296411413,0.17188746100093655,-0.8075407579970092,0.15335524858988187,0.5695261994882688,-0.28461480697879066,-0.8644080972654206,0.41447925524735385,0.7405621473854481,-0.6673299564565524,-0.0789837646326737,0.8512303986474293,0.4722343788582681,-0.22891373886878078,-0.7405621473854481,0.6673299564565525,0.0789837646326737,-0.8512303986474292,-0.47223437885826824,0.22891373886878078,0.10554981496139196,-0.9794457296411413,-0.17188746100093655,0.8075407579970092,-0.15335524858988192,-0.5695261994882688,0.28461480697879077,0.8644080972654204,-0.41447925524735385,-0.7428567301586791,0.3593941678278027,-0.5648005936517033,-0.811253470914097,-0.3448953237639383,-0.472138773641393,-0.2199307791404607,-0.6583691780274996,-0.7198475378926182,0.21392348345014203,-0.14781718295507038,-0.9656017935214205,-0.10926252787847962,0.48119515728732093,-0.8697775121287253}'::double precision[];
END
$$;

CREATE OR REPLACE FUNCTION carto.cells_h3_axes(odd boolean) RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
BEGIN
    IF odd THEN RETURN '{0.6725574433489008,-0.6368380422041513,0.37696656801044526,0.706609466241898,0.4012322686736176,-0.5828513779621369,0.9499550115318174,0.26183589252683226,0.1703744154803228,-0.227644941288273,0.9537253513501172,-0.1964325199603016,0.24761148672073321,0.8606090510614145,0.4450175422105514,-0.9626786855672835,0.16674316128226133,0.21318176873280031,-0.4638582515738388,0.3319972798559314,0.8213484818365001,-0.4827001148796389,-0.8721316633970031,0.07991846342091377,-0.20122720699579272,-0.5934759201369221,0.7792906668132924,0.5489766999559296,-0.7272094250375208,-0.4120570774080885,-0.7138402733598966,0.04571140755795458,-0.6988150909564981,-0.6923086744300436,-0.19645999569073383,0.6943429767788487,-0.5812840972356536,-0.3705362377696284,-0.7244388827226631,0.09993359032150767,-0.9160704471979569,0.3883660815467645,-0.18432264856401093,-0.37494860206417036,-0.9085365744076969,0.9407547889193941,-0.3349808758602493,-0.05261406592467823,-0.07154315718578216,0.03857205215863981,-0.9966914133532814,0.6681686033627622,0.7437626812417836,-0.019177890193886483,-0.39880304695175395,0.29855423581297075,-0.8670764084093918,-0.3411201227728083,0.8293732933380956,0.44246695033299993,0.46953461244834344,0.42977722783407735,0.7712514389926539,0.4807337657922915,0.6082452331510304,-0.6316112592221665,0.102331899702579,0.27846334418349017,0.9549797632669544,-0.5147183605835332,0.8363329823524197,-0.18871182238457462,0.13261957241367048,-0.15744421100664777,0.9785823263442425,-0.9855309663193903,-0.12608482505133892,0.11327546652890963,0.5185410963350224,-0.27553601241643594,0.8094411882733189,-0.2810570326202294,-0.9489794906064015,-0.14298556158971473,0.7267660423974821,0.08738679570974991,0.6813036529723614,0.6251444083300489,-0.4951385556766489,-0.6033508758725018,0.06586679631127751,-0.8003465598486488,-0.5959085074758724,-0.6662022542754145,-0.47987625099581077,0.5708706859951399,0.49769835424496767,0.01645834014046102,-0.8671940216708551,0.3068617834004115,-0.9384968506529945,0.15830194945966353,-0.09133674240267436,0.7485708456528446,-0.65673380339819,0.9712301745075352,-0.07868744793154459,-0.22476706534562185,-0.8872120106311863,0.38423635765923236,-0.2553767210309786,0.40876838358699497,0.9113245864542413,-0.048947999996748245,-0.7900548805542043,-0.5730472447069941,-0.217784620775216,-0.6032205116821597,0.6633762702546369,0.4427831730643797}'::double precision[]; END IF;
    RETURN '{0.4042148086933698,-0.7330894762816367,0.5469828225804702,0.8878292858537911,0.1706746764710868,-0.4273515110442895,0.9721374115064794,-0.06476823821979255,0.22528632552240305,0.09584151698527493,0.986891663629363,-0.12984316647721508,0.5490814303330592,0.7586196048290543,0.3507219383392081,-0.828595970823541,0.43925791486578813,0.34710402095445936,-0.2803041479891599,0.5991800396948612,0.7499419075177328,-0.6079419898954393,-0.715415342414898,0.34436524905882676,-0.3698366439978592,-0.32274687375841976,0.8712378046409415,0.4528671578799142,-0.8814089125513394,-0.13427459249178184,-0.44790444934378915,0.1074998488334869,-0.8875952831999585,-0.8878292858537913,-0.1706746764710865,0.427351511044289,-0.5819727895662966,-0.05026939415592807,-0.8116530417706933,-0.09584151698527496,-0.9868916636293628,0.129843166477215,-0.4821028197214982,-0.24464489696238384,-0.8412643731948032,0.8285959708235409,-0.43925791486578813,-0.3471040209544593,-0.2863114436794785,-0.20700632128770857,-0.935507423896306,0.6079419898954393,0.715415342414898,-0.3443652490588265,-0.2651756884261971,0.01063110057383107,-0.9641415010092044,-0.4528671578799141,0.8814089125513396,0.13427459249178192,0.2863114436794785,0.2070063212877085,0.9355074238963061,0.6079419898954396,0.7154153424148981,-0.34436524905882643,0.265175688426197,-0.01063110057383089,0.9641415010092044,-0.45286715787991433,0.8814089125513395,0.13427459249178178,0.44790444934378937,-0.10749984883348687,0.8875952831999584,-0.8878292858537912,-0.17067467647108642,0.42735151104428915,0.5819727895662967,0.050269394155928224,0.8116530417706933,-0.09584151698527492,-0.9868916636293628,0.12984316647721517,0.48210281972149854,0.24464489696238367,0.8412643731948031,0.8285959708235408,-0.4392579148657883,-0.3471040209544596,0.2803041479891599,-0.5991800396948612,-0.7499419075177328,-0.6079419898954393,-0.715415342414898,0.3443652490588268,0.3698366439978594,0.32274687375841943,-0.8712378046409416,0.452867157879914,-0.8814089125513397,-0.13427459249178153,-0.40421480869336934,0.7330894762816368,-0.5469828225804704,0.8878292858537911,0.17067467647108642,-0.42735151104428926,-0.9721374115064795,0.06476823821979272,-0.22528632552240305,0.0958415169852751,0.986891663629363,-0.1298431664772151,-0.5490814303330593,-0.7586196048290542,-0.3507219383392081,-0.8285959708235409,0.43925791486578825,0.34710402095445936}'::double precision[];
END
$$;

CREATE OR REPLACE FUNCTION carto.cells_h3_ispentagon(base integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
BEGIN
    RETURN base IN (4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117);
END
$$;

-- The coarsest digit that is not 0.
CREATE OR REPLACE FUNCTION carto.cells_h3_leading(index bigint, resolution integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog
AS $$
DECLARE
    digit integer;
BEGIN
    FOR r IN 1 .. resolution LOOP
        digit := (index >> (3 * (15 - r)))::bigint & 7;
        IF digit <> 0 THEN RETURN digit; END IF;
    END LOOP;
    RETURN 0;
END
$$;

-- All digits after a sixth of a turn.
CREATE OR REPLACE FUNCTION carto.cells_h3_turn(index bigint, resolution integer, clockwise boolean) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog
AS $$
DECLARE
    turned bigint := index;
    turns CONSTANT integer[] := CASE WHEN clockwise THEN '{0,3,6,2,5,1,4,7}'::integer[] ELSE '{0,5,3,1,6,4,2,7}'::integer[] END;
    shift integer;
BEGIN
    FOR r IN 1 .. resolution LOOP
        shift := 3 * (15 - r);
        turned := (turned & ~(7::bigint << shift)) | (turns[1 + ((index >> shift) & 7)::integer]::bigint << shift);
    END LOOP;
    RETURN turned;
END
$$;

-- The cell that holds a place.
CREATE OR REPLACE FUNCTION carto.cells_h3_find(x double precision, y double precision, z double precision, resolution integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    centers CONSTANT double precision[] := carto.cells_h3_centers();
    axes CONSTANT double precision[] := carto.cells_h3_axes(resolution % 2 = 1);
    cells CONSTANT integer[] := '{128,144,192,264,240,259,393,387,403,64,45,85,176,128,144,329,264,240,32,5,21,121,64,45,249,176,128,16,48,112,80,88,139,193,187,203,0,13,77,40,16,48,145,80,88,33,29,61,65,0,13,129,40,16,56,168,304,72,152,275,113,163,291,24,109,237,8,56,168,49,72,152,34,101,213,1,24,109,17,8,56,208,336,464,232,344,499,305,379,515,96,229,357,104,208,336,169,232,344,35,125,253,25,96,229,57,104,208,248,328,392,352,424,491,465,523,603,120,181,269,224,248,328,337,352,424,36,69,133,97,120,181,209,224,248,400,384,395,256,243,267,195,147,131,560,536,531,419,400,384,299,256,243,664,699,683,595,560,536,457,419,400,200,184,195,136,91,83,115,51,19,360,312,299,283,200,184,219,136,91,504,475,459,451,360,312,371,283,200,288,160,115,272,155,75,307,171,59,440,320,219,435,288,160,411,272,155,576,483,371,587,440,320,571,435,288,512,376,307,496,347,235,467,339,211,672,552,411,659,512,376,611,496,347,776,715,571,787,672,552,771,659,512,600,520,467,488,427,355,395,331,251,752,688,611,651,600,520,531,488,427,856,835,771,811,752,688,683,651,600,456,472,507,592,627,635,667,739,763,296,315,363,416,456,472,563,592,627,192,187,203,259,296,315,403,416,456,368,480,579,448,547,643,507,619,723,216,323,443,280,368,480,363,448,547,112,163,291,139,216,323,203,280,368,568,712,779,584,731,827,579,707,843,408,555,675,432,568,712,443,584,731,304,379,515,275,408,555,291,432,568,768,832,859,784,883,923,779,891,955,608,691,755,656,768,832,675,784,883,464,523,603,499,608,691,515,656,768,680,696,667,808,819,803,859,899,915,528,539,563,648,680,696,755,808,819,392,387,403,491,528,539,603,648,680,760,736,664,632,624,595,505,475,459,872,864,805,745,760,736,617,632,624,940,949,917,849,872,864,721,745,760,720,616,504,640,544,451,577,483,371,848,744,637,793,720,616,705,640,544,939,877,765,905,848,744,841,793,720,840,704,576,824,728,587,777,715,571,904,792,645,929,840,704,889,824,728,938,853,725,969,904,792,953,929,840,952,888,776,920,880,787,857,835,771,968,928,829,961,952,888,897,920,880,937,909,845,945,968,928,913,961,952,912,896,856,800,816,811,665,699,683,944,960,925,865,912,896,737,800,816,936,973,957,873,944,960,761,865,912}'::integer[];
    steps CONSTANT integer[] := '{1,3,7,5,0,2,7,4,6}'::integer[];
    scale CONSTANT double precision := power(7::double precision, resolution / 2.0::double precision) / 0.38196601125010500003::double precision;
    face integer := 0;
    nearest double precision := '-infinity';
    nearness double precision;
    u double precision;
    v double precision;
    a double precision;
    b double precision;
    i integer;
    j integer;
    k integer;
    pi integer;
    pj integer;
    digits bigint := (1::bigint << (3 * (15 - resolution))) - 1;
    base integer;
    turns integer;
    pentagon boolean;
BEGIN
    FOR f IN 0 .. 19 LOOP
        nearness := x * centers[3 * f + 1] + y * centers[3 * f + 2] + z * centers[3 * f + 3];
        IF nearness > nearest THEN
            face := f;
            nearest := nearness;
        END IF;
    END LOOP;
    u := scale * (x * axes[6 * face + 1] + y * axes[6 * face + 2] + z * axes[6 * face + 3]) / nearest;
    v := scale * (x * axes[6 * face + 4] + y * axes[6 * face + 5] + z * axes[6 * face + 6]) / nearest;

    -- The three differences of components sum up to 0, and are rounded so that they still do.
    b := v / 0.86602540378443864676::double precision;
    a := u + b / 2;
    i := round(a);
    j := round(b);
    k := round(b - a);
    IF abs(i - a) > abs(j - b) AND abs(i - a) > abs(k - (b - a)) THEN i := j - k;
    ELSIF abs(j - b) > abs(k - (b - a)) THEN j := i + k;
    END IF;

    FOR r IN REVERSE resolution .. 1 LOOP
        IF r % 2 = 1 THEN
            pi := floor((3 * i - j + 3) / 7::double precision);
            pj := floor((i + 2 * j + 3) / 7::double precision);
            digits := digits | (steps[(i - 2 * pi - pj + 1) * 3 + j - 3 * pj + pi + 2]::bigint << (3 * (15 - r)));
        ELSE
            pi := floor((2 * i + j + 3) / 7::double precision);
            pj := floor((3 * j - i + 3) / 7::double precision);
            digits := digits | (steps[(i - 3 * pi + pj + 1) * 3 + j - pi - 2 * pj + 2]::bigint << (3 * (15 - r)));
        END IF;
        i := pi;
        j := pj;
    END LOOP;

    k := least(0, i, j);
    turns := cells[1 + ((face * 3 + i - k) * 3 + j - k) * 3 - k];
    base := turns >> 3;
    turns := turns & 7;
    pentagon := carto.cells_h3_ispentagon(base);
    IF pentagon AND carto.cells_h3_leading(digits, resolution) = 1 THEN
        digits := carto.cells_h3_turn(digits, resolution, (base, face) IN ((14, 2), (14, 6), (24, 1), (24, 5), (38, 3), (38, 7), (49, 0), (49, 9), (58, 4), (58, 8),
            (63, 11), (63, 15), (72, 12), (72, 16), (83, 10), (83, 19), (97, 13), (97, 17), (107, 14), (107, 18)));
    END IF;
    FOR turn IN 1 .. turns LOOP
        digits := carto.cells_h3_turn(digits, resolution, false);
        -- Of a pentagon the sector k is missing.
        IF pentagon AND carto.cells_h3_leading(digits, resolution) = 1 THEN digits := carto.cells_h3_turn(digits, resolution, false); END IF;
    END LOOP;
    RETURN (1::bigint << 59) | (resolution::bigint << 52) | (base::bigint << 45) | digits;
END
$$;

-- Face, i and j of the same place in the grid of the neighbour on a side (between i and j, k and i, j and k). In grids of even resolutions.
CREATE OR REPLACE FUNCTION carto.cells_h3_fold(face integer, i integer, j integer, side integer, reach integer) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    neighbors CONSTANT integer[] := '{4,1,5,0,2,6,1,3,7,2,4,8,3,0,9,10,14,0,11,10,1,12,11,2,13,12,3,14,13,4,5,6,15,6,7,16,7,8,17,8,9,18,9,5,19,16,19,10,17,15,11,18,16,12,19,17,13,15,18,14}'::integer[];
    polar CONSTANT boolean := face < 5 OR face >= 15;
    turns integer := 3;
    x integer := i;
    y integer := j;
    kept integer;
BEGIN
    IF polar AND side = 0 THEN turns := 1; ELSIF polar AND side = 1 THEN turns := 5; END IF;
    FOR turn IN 1 .. turns LOOP
        kept := x;
        x := x - y;
        y := kept;
    END LOOP;
    -- The direction of this face's centre from the other's: jk, ik or ij.
    IF side = 2 THEN x := x - reach;
    ELSIF polar = (side = 0) THEN y := y - reach;
    ELSE
        x := x + reach;
        y := y + reach;
    END IF;
    RETURN ARRAY[neighbors[face * 3 + side + 1], x, y];
END
$$;

-- Face, i and j of a coordinate on the neighbouring face; NULL when it lies on this one. In grids of even resolutions. What skips lies in
-- the sector i of a pentagon: beyond the edge the sector k is missing.
CREATE OR REPLACE FUNCTION carto.cells_h3_cross(face integer, i integer, j integer, reach integer, skips boolean) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    k CONSTANT integer := least(0, i, j);
BEGIN
    IF i + j - 3 * k <= reach THEN RETURN NULL; END IF;
    IF k = 0 THEN RETURN carto.cells_h3_fold(face, i, j, 0, reach); END IF;
    IF j - k > 0 THEN RETURN carto.cells_h3_fold(face, i, j, 2, reach); END IF;
    IF skips THEN RETURN carto.cells_h3_fold(face, j + reach, j - i + reach, 1, reach); END IF;
    RETURN carto.cells_h3_fold(face, i, j, 1, reach);
END
$$;

-- The greatest sum of components on a face, at an even resolution.
CREATE OR REPLACE FUNCTION carto.cells_h3_reach(resolution integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
BEGIN
    RETURN 2 * round(power(7::double precision, resolution / 2))::integer;
END
$$;

-- Face, i and j of a cell.
CREATE OR REPLACE FUNCTION carto.cells_h3_face(cell bigint) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    homes CONSTANT integer[] := '{36,66,27,63,18,39,28,54,9,57,30,31,90,93,315,117,0,165,1,58,190,55,12,163,288,162,81,306,120,84,4,108,138,3,192,309,189,279,342,172,199,109,82,85,111,171,297,217,136,396,135,333,282,112,336,198,300,270,369,271,298,246,219,180,216,244,387,145,436,226,144,324,207,327,273,243,360,433,409,408,435,390,363,153,225,378,253,379,460,325,432,463,406,442,252,405,351,234,354,469,516,381,517,462,352,459,441,261,415,414,490,487,514,468,513,489,496,531,522,486,523,495}'::integer[];
    step_i CONSTANT integer[] := '{0,-1,0,-1,1,0,1}'::integer[];
    step_j CONSTANT integer[] := '{0,-1,1,0,0,-1,1}'::integer[];
    index bigint := cell;
    resolution CONSTANT integer := (cell >> 52) & 15;
    base CONSTANT integer := (cell >> 45) & 127;
    pentagon CONSTANT boolean := carto.cells_h3_ispentagon(base);
    first_digit integer := 0;
    home integer;
    i integer;
    j integer;
    k integer;
    kept integer;
    place integer[];
    crossed integer[];
    reach integer;
BEGIN
    IF pentagon THEN
        IF carto.cells_h3_leading(index, resolution) = 5 THEN index := carto.cells_h3_turn(index, resolution, true); END IF;
        first_digit := carto.cells_h3_leading(index, resolution);
    END IF;
    home := homes[base + 1];
    k := home % 3;
    i := home / 9 % 3 - k;
    j := home / 3 % 3 - k;
    FOR r IN 1 .. resolution LOOP
        k := 1 + ((index >> (3 * (15 - r))) & 7)::integer;
        kept := i;
        IF r % 2 = 1 THEN
            i := 2 * i + j + step_i[k];
            j := 3 * j - kept + step_j[k];
        ELSE
            i := 3 * i - j + step_i[k];
            j := kept + 2 * j + step_j[k];
        END IF;
    END LOOP;

    -- Edges of faces are lines of the even grids.
    place := ARRAY[home / 27, i, j];
    IF resolution % 2 = 1 THEN
        reach := carto.cells_h3_reach(resolution + 1);
        crossed := carto.cells_h3_cross(place[1], 3 * i - j, i + 2 * j, reach, first_digit = 4);
    ELSE
        reach := carto.cells_h3_reach(resolution);
        crossed := carto.cells_h3_cross(place[1], i, j, reach, first_digit = 4);
    END IF;
    IF crossed IS NULL THEN RETURN place; END IF;
    WHILE pentagon LOOP
        place := carto.cells_h3_cross(crossed[1], crossed[2], crossed[3], reach, false);
        EXIT WHEN place IS NULL;
        crossed := place;
    END LOOP;
    IF resolution % 2 = 0 THEN RETURN crossed; END IF;
    RETURN ARRAY[crossed[1], floor((2 * crossed[2] + crossed[3] + 3) / 7::double precision)::integer, floor((3 * crossed[3] - crossed[2] + 3) / 7::double precision)::integer];
END
$$;

-- The place of a coordinate, of steps as many times finer than the resolution's.
CREATE OR REPLACE FUNCTION carto.cells_h3_place(face integer, i integer, j integer, resolution integer, fineness integer) RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    c CONSTANT double precision[] := carto.cells_h3_centers();
    a CONSTANT double precision[] := carto.cells_h3_axes(resolution % 2 = 1);
    scale CONSTANT double precision := 0.38196601125010500003::double precision / (power(7::double precision, resolution / 2.0::double precision) * fineness);
    u CONSTANT double precision := scale * (i - j / 2.0::double precision);
    v CONSTANT double precision := scale * j * 0.86602540378443864676::double precision;
BEGIN
    RETURN ARRAY[c[3 * face + 1] + a[6 * face + 1] * u + a[6 * face + 4] * v, c[3 * face + 2] + a[6 * face + 2] * u + a[6 * face + 5] * v,
        c[3 * face + 3] + a[6 * face + 3] * u + a[6 * face + 6] * v];
END
$$;

CREATE OR REPLACE FUNCTION carto.cells_h3_middle(cell bigint) RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    f CONSTANT integer[] := carto.cells_h3_face(cell);
BEGIN
    RETURN carto.cells_h3_place(f[1], f[2], f[3], ((cell >> 52) & 15)::integer, 1);
END
$$;

-- The corners, counterclockwise, and where edges cross those of the icosahedron: three numbers each.
CREATE OR REPLACE FUNCTION carto.cells_h3_outline(cell bigint) RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog
AS $$
DECLARE
    centers CONSTANT double precision[] := carto.cells_h3_centers();
    resolution CONSTANT integer := (cell >> 52) & 15;
    odd CONSTANT boolean := resolution % 2 = 1;
    grid CONSTANT integer := resolution + resolution % 2;
    pentagon CONSTANT boolean := carto.cells_h3_ispentagon(((cell >> 45) & 127)::integer) AND carto.cells_h3_leading(cell, resolution) = 0;
    sides CONSTANT integer := CASE WHEN pentagon THEN 5 ELSE 6 END;
    offset_i CONSTANT integer[] := CASE WHEN odd THEN '{5,1,-4,-5,-1,4}'::integer[] ELSE '{2,1,-1,-2,-1,1}'::integer[] END;
    offset_j CONSTANT integer[] := CASE WHEN odd THEN '{4,5,1,-4,-5,-1}'::integer[] ELSE '{1,2,1,-1,-2,-1}'::integer[] END;
    reach CONSTANT integer := 3 * carto.cells_h3_reach(grid);
    home CONSTANT integer[] := carto.cells_h3_face(cell);
    i CONSTANT integer := CASE WHEN odd THEN 3 * home[2] - home[3] ELSE home[2] END;
    j CONSTANT integer := CASE WHEN odd THEN home[2] + 2 * home[3] ELSE home[3] END;
    corner integer[];
    crossed integer[];
    place double precision[];
    last_face integer;
    last_place double precision[];
    outline double precision[] := '{}';
    d double precision[];
    m double precision[];
    before double precision;
    share double precision;
    chord double precision[];
BEGIN
    FOR side IN 0 .. sides LOOP
        corner := ARRAY[home[1], 3 * i + offset_i[1 + side % sides], 3 * j + offset_j[1 + side % sides]];
        LOOP
            crossed := carto.cells_h3_cross(corner[1], corner[2], corner[3], reach, false);
            EXIT WHEN crossed IS NULL;
            corner := crossed;
            EXIT WHEN NOT pentagon;
        END LOOP;
        place := carto.cells_h3_place(corner[1], corner[2], corner[3], grid, 3);
        -- Edges of cells of even resolutions meet those of the icosahedron in corners, or lie on them.
        IF odd AND side > 0 AND corner[1] <> last_face THEN
            d := ARRAY[centers[3 * last_face + 1] - centers[3 * corner[1] + 1], centers[3 * last_face + 2] - centers[3 * corner[1] + 2], centers[3 * last_face + 3] - centers[3 * corner[1] + 3]];
            before := abs(d[1] * last_place[1] + d[2] * last_place[2] + d[3] * last_place[3]);
            share := before / (before + abs(d[1] * place[1] + d[2] * place[2] + d[3] * place[3]));
            IF share > 1e-6 AND share < 1 - 1e-6 THEN
                -- The line through space cuts under the fold: along the edge it is right, away from the sphere's centre it is not.
                chord := ARRAY[last_place[1] + share * (place[1] - last_place[1]), last_place[2] + share * (place[2] - last_place[2]), last_place[3] + share * (place[3] - last_place[3])];
                m := ARRAY[centers[3 * last_face + 1] + centers[3 * corner[1] + 1], centers[3 * last_face + 2] + centers[3 * corner[1] + 2], centers[3 * last_face + 3] + centers[3 * corner[1] + 3]];
                before := sqrt(m[1] * m[1] + m[2] * m[2] + m[3] * m[3]);
                m := ARRAY[m[1] / before, m[2] / before, m[3] / before];
                share := 1 / (m[1] * centers[3 * last_face + 1] + m[2] * centers[3 * last_face + 2] + m[3] * centers[3 * last_face + 3]) - (chord[1] * m[1] + chord[2] * m[2] + chord[3] * m[3]);
                outline := outline || ARRAY[chord[1] + share * m[1], chord[2] + share * m[2], chord[3] + share * m[3]];
            END IF;
        END IF;
        IF side < sides THEN outline := outline || place; END IF;
        last_face := corner[1];
        last_place := place;
    END LOOP;
    RETURN outline;
END
$$;

-- The cells across the edges: a little beyond the middle of each stretch of the outline.
CREATE OR REPLACE FUNCTION carto.cells_h3_neighbors(cell bigint) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    outline CONSTANT double precision[] := carto.cells_h3_outline(cell);
    middle double precision[] := carto.cells_h3_middle(cell);
    resolution CONSTANT integer := (cell >> 52) & 15;
    corners CONSTANT integer := array_length(outline, 1) / 3;
    a double precision[];
    b double precision[];
    m double precision[];
    scale double precision;
    found bigint[] := '{}';
    neighbor bigint;
BEGIN
    scale := sqrt(middle[1] * middle[1] + middle[2] * middle[2] + middle[3] * middle[3]);
    middle := ARRAY[middle[1] / scale, middle[2] / scale, middle[3] / scale];
    FOR n IN 0 .. corners - 1 LOOP
        a := outline[3 * n + 1 : 3 * n + 3];
        b := outline[3 * ((n + 1) % corners) + 1 : 3 * ((n + 1) % corners) + 3];
        m := ARRAY[a[1] + b[1], a[2] + b[2], a[3] + b[3]];
        scale := sqrt(m[1] * m[1] + m[2] * m[2] + m[3] * m[3]);
        m := ARRAY[m[1] / scale, m[2] / scale, m[3] / scale];
        neighbor := carto.cells_h3_find(m[1] + 0.01 * (m[1] - middle[1]), m[2] + 0.01 * (m[2] - middle[2]), m[3] + 0.01 * (m[3] - middle[3]), resolution);
        IF neighbor <> cell AND NOT neighbor = ANY (found) THEN found := found || neighbor; END IF;
    END LOOP;
    RETURN found;
END
$$;
